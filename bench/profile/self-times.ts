import type { Profiler } from "node:inspector";

/** How long one function ran itself, what it called left out. */
export interface SelfTime {
  /** Its name, as V8 knows it; `(garbage collector)` and `(program)` are V8's own. */
  readonly name: string;
  /** The script that it is in; empty for what is none. */
  readonly url: string;
  /** Counted from 0. */
  readonly line: number;
  /** Microseconds. */
  readonly amount: number;
}

/** Adds up the self time of every function in a CPU profile; idle time and the profiler's own are left out. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): SelfTime[] {
  const byNode = new Map<number, number>();
  for (const [n, node] of samples.entries()) byNode.set(node, (byNode.get(node) ?? 0) + (timeDeltas[n] ?? 0));
  return nodes
    .map(({ id, callFrame }) => ({
      name: callFrame.functionName || "(anonymous)",
      url: callFrame.url,
      line: callFrame.lineNumber,
      amount: byNode.get(id) ?? 0,
    }))
    .filter(({ name, url, amount }) => name !== "(idle)" && url !== "node:inspector" && amount > 0);
}
