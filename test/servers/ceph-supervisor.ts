/**
 * The process that owns one Ceph: it starts the daemons and, as soon as the process that forked it lets go (by
 * stopping, crashing or being killed), kills them and removes their data. A test that dies leaves neither behind.
 *
 * Forked by `startCeph` with a `CephPlace` as JSON; sends one `SupervisorMessage`, then waits for the disconnect.
 */
import type { ChildProcess } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import type { CephPlace } from "./ceph-config.ts";
import { startDaemons } from "./ceph-daemons.ts";

/** How the start ended: the S3 API answers, or why it does not. */
export type SupervisorMessage = { status: "ready" } | { status: "failed"; reason: string };

const logTailLines = 15;
const place = JSON.parse(process.argv[2] ?? "") as CephPlace;
const exits: Promise<unknown>[] = [];
const stopping = new AbortController();

let started = Promise.resolve();
const ready = new Promise<void>((resolve, reject) => {
  const onStart = (daemon: ChildProcess) => {
    daemon.once("error", reject);
    if (daemon.pid === undefined) return;
    exits.push(new Promise((exited) => daemon.once("exit", exited)));
    daemon.once("exit", (code) => reject(new Error(`${daemon.spawnfile} ended by itself with exit status ${code}`)));
  };
  started = startDaemons(place, { onStart, signal: stopping.signal });
  started.then(resolve, reject);
});

process.once("disconnect", () => void tidyUp());
process.once("exit", () => stopping.abort()); // should this process itself fail, the daemons still end

try {
  await ready;
  report({ status: "ready" });
} catch (cause) {
  report({ status: "failed", reason: `${String(cause)}\n${await logTails()}` });
}

async function tidyUp(): Promise<void> {
  stopping.abort();
  await Promise.allSettled([started]);
  await Promise.all(exits);
  await rm(place.directory, { recursive: true, force: true });
  process.exit(0);
}

function report(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message);
}

async function logTails(): Promise<string> {
  const directory = join(place.directory, "log");
  const names = await readdir(directory).catch(() => []);
  const tails = names.map(async (name) => {
    const text = (await readFile(join(directory, name), "utf8")).trimEnd();
    return text === "" ? "" : `--- ${name}\n${text.split("\n").slice(-logTailLines).join("\n")}\n`;
  });
  return (await Promise.all(tails)).join("");
}
