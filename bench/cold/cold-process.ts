/**
 * A fresh process with one handler in it, much as Lambda has them: events come from outside, one at a time.
 *
 * Run as plain JavaScript without dependencies, so that nothing is measured but Node and the bundle.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The memory of the process, in millions of bytes. */
export interface Memory {
  readonly rssMb: number;
  /** The highest that it was. */
  readonly peakRssMb: number;
  /** Of `rssMb`, what is the process's own: without the pages of Node's program. NaN where there is no /proc. */
  readonly ownMb: number;
}

/** What the process is asked. */
export type ColdTask = { readonly event: unknown } | "memory";

/** What it says. */
export type ColdReport =
  | { readonly status: "imported"; readonly cpuMs: number }
  | { readonly status: "handled"; readonly cpuMs: number; readonly result: unknown }
  | ({ readonly status: "memory" } & Memory);

const { handler } = await importHandler(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
process.on("message", (task: ColdTask) => void (task === "memory" ? reportMemory() : handle(task.event)));

async function importHandler(dir: string): Promise<{ handler: (event: unknown) => Promise<unknown> }> {
  const before = process.cpuUsage();
  const loaded = (await import(pathToFileURL(join(dir, "index.mjs")).href)) as {
    handler: (event: unknown) => Promise<unknown>;
  };
  report({ status: "imported", cpuMs: cpuMs(before) });
  return loaded;
}

async function handle(event: unknown): Promise<void> {
  const before = process.cpuUsage();
  const result = await handler(event);
  report({ status: "handled", cpuMs: cpuMs(before), result });
}

function reportMemory(): void {
  const rssMb = process.memoryUsage.rss() / 1e6;
  report({ status: "memory", rssMb, peakRssMb: (process.resourceUsage().maxRSS * 1024) / 1e6, ownMb: ownMb() });
}

function ownMb(): number {
  if (process.platform !== "linux") return Number.NaN;
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function report(message: ColdReport): void {
  process.send?.(message);
}
