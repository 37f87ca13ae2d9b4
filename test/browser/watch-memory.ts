import { readdir, readFile } from "node:fs/promises";

const MIB = 1024 ** 2;
const PROGRAMS = /^(?:node|workerd|chrom\w*|firefox\w*|Isolated Web Co|Web Content)/;

/** What the largest process of each program had resident, in MiB: at first, and at most. */
export type MemoryUse = Readonly<Record<string, { readonly first: number; readonly most: number }>>;

/**
 * Looks every half second, on Linux, at the memory of this process and all that it started.
 *
 * @returns ends the watch, and tells
 */
export async function watchMemory(): Promise<() => Promise<MemoryUse>> {
  const use: Record<string, { first: number; most: number }> = {};
  const look = async (): Promise<void> => {
    for (const [program, mib] of await largest())
      use[program] = { first: use[program]?.first ?? mib, most: Math.max(use[program]?.most ?? 0, mib) };
  };
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => void (looking = looking.then(look)), 500);
  return async () => {
    clearInterval(timer);
    await looking;
    return use;
  };
}

/** The largest process of each program that this process started, itself included. */
async function largest(): Promise<Map<string, number>> {
  const processes = new Map<number, { parent: number; program: string; mib: number }>();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""); // it has ended
    const field = (name: string) => new RegExp(`^${name}:\\s+(.+)`, "m").exec(status)?.[1];
    const mib = Math.round((Number.parseInt(field("VmRSS") ?? "0", 10) * 1024) / MIB);
    processes.set(Number(pid), { parent: Number(field("PPid")), program: field("Name") ?? "", mib });
  }
  const found = new Map<string, number>();
  for (const { program, mib, parent } of processes.values()) {
    const [name] = PROGRAMS.exec(program) ?? [];
    let ancestor = parent;
    while (ancestor > 1 && ancestor !== process.pid) ancestor = processes.get(ancestor)?.parent ?? 0;
    if (name !== undefined && ancestor === process.pid) found.set(name, Math.max(found.get(name) ?? 0, mib));
  }
  found.set("edge", Math.round(process.memoryUsage.rss() / MIB)); // runs in this process
  return found;
}
