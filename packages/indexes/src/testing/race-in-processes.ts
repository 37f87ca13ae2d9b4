import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { SignatureHash } from "@presign-once/core";

import type { Race, RacingModule, RacingReport, RacingTask } from "./racing-process.ts";

/** How to race. */
export interface RaceOptions {
  /**
   * The module under test. It exports `open(options)`, which opens one more handle on the store, with a connection of its own; the
   * processes and the caller import it.
   */
  readonly module: URL;
  /** What `open` gets, the same in every process: anything that is JSON. Default: nothing. */
  readonly options?: unknown;
  readonly rounds: number;
  /** Of all processes together. */
  readonly claimants: number;
  /** Default 2. */
  readonly processes?: number;
  /** Node's options for the processes; default: those of this process. */
  readonly execArgv?: readonly string[];
}

/** What many races came to. */
export interface RaceResult {
  /** In how many rounds there were so many winners: `{ 1: rounds }` for a sound index. */
  readonly roundsByWinners: Readonly<Record<number, number>>;
  /** How many rounds each process has won; a race that one process always wins was none. */
  readonly wonByProcess: readonly number[];
  /** How often each answer was given. */
  readonly answers: Readonly<Record<string, number>>;
}

/** How far ahead a start is announced, in milliseconds, so that all processes hear of it in time. */
const NOTICE_MS = 15;

/**
 * Lets claimants in several processes race for one hash after the other: the processes share nothing but the store, and start
 * each round at the same instant.
 *
 * The laws of `@presign-once/core/testing` race within one process, where code without an `await` is atomic by itself. This
 * finds an index that relies on it.
 *
 * @throws when a process ends early, or a hash cannot be registered
 * @example
 * const module = new URL("./open-index.js", import.meta.url);
 * const { roundsByWinners } = await raceInProcesses({ module, rounds: 50, claimants: 16 });
 * assert.deepEqual(roundsByWinners, { 1: 50 });
 */
export async function raceInProcesses(race: RaceOptions): Promise<RaceResult> {
  const { module, options, rounds, claimants, processes: count = 2 } = race;
  const task: RacingTask = { module: module.href, options, claimants: claimants / count };
  const { open } = (await import(module.href)) as RacingModule;
  const registrar = await open(options);
  const processes = Array.from({ length: count }, () => start(task, race.execArgv ?? process.execArgv));
  const roundsByWinners: Record<number, number> = {};
  const wonByProcess = processes.map(() => 0);
  const answers: Record<string, number> = {};
  try {
    await Promise.all(processes.map(async (process) => heard(process, "ready")));
    for (let round = 0; round < rounds; round++) {
      const hash = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex") as SignatureHash;
      const { status } = await registrar.register(hash, { expiresAt: new Date(Date.now() + 3_600_000) });
      if (status !== "registered") throw new Error(`a hash could not be registered: ${status}`);
      await all(processes, { hash }, "ready");
      const reports = await all(processes, { startAt: Date.now() + NOTICE_MS }, "raced");
      const told = reports.map((report) => (report.status === "raced" ? report.answers : []));
      for (const answer of told.flat()) answers[answer] = (answers[answer] ?? 0) + 1;
      const winners = told.map((of) => of.filter((answer) => answer === "claimed").length);
      const sum = winners.reduce((a, b) => a + b, 0);
      roundsByWinners[sum] = (roundsByWinners[sum] ?? 0) + 1;
      for (const [i, won] of winners.entries()) if (won > 0) wonByProcess[i] = (wonByProcess[i] ?? 0) + 1;
    }
  } finally {
    for (const process of processes) if (process.connected) process.disconnect();
    await Promise.all(
      processes.map(async (process) => (process.exitCode === null ? once(process, "exit") : undefined)),
    );
  }
  return { roundsByWinners, wonByProcess, answers };
}

function start(task: RacingTask, execArgv: readonly string[]): ChildProcess {
  // The build does not rename what stands in a text.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const script = fileURLToPath(new URL(`racing-process.${extension}`, import.meta.url));
  return fork(script, [JSON.stringify(task)], {
    execArgv: [...execArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** Tells every process something, and waits for what each says. */
async function all(
  processes: readonly ChildProcess[],
  race: Race,
  status: RacingReport["status"],
): Promise<RacingReport[]> {
  const reports = processes.map(async (process) => heard(process, status));
  for (const process of processes) process.send(race);
  return Promise.all(reports);
}

async function heard(process: ChildProcess, status: RacingReport["status"]): Promise<RacingReport> {
  return new Promise((resolve, reject) => {
    process.once("message", (report: RacingReport) => {
      process.off("exit", onExit);
      if (report.status === status) resolve(report);
      else reject(new Error(`a racing process said ${report.status} instead of ${status}`));
    });
    const onExit = (code: number | null) => reject(new Error(`a racing process ended with ${code}`));
    process.once("exit", onExit);
  });
}
