import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { SignatureHash } from "@presign-once/core";

import type { S3Server } from "../servers/s3-server.ts";
import { entrants, type Entrant } from "./entrants.ts";
import type { Race, RaceOutcome, RacingReport, RacingTask } from "./racing-process.ts";

/** What many races came to. */
export interface RaceResult {
  readonly rounds: number;
  readonly claimants: number;
  /** In how many rounds there were so many winners. */
  readonly roundsByWinners: Readonly<Record<number, number>>;
  /** How many rounds each process has won. */
  readonly wonByProcess: readonly number[];
  /** How often each answer was given. */
  readonly answers: Readonly<Record<string, number>>;
}

const PROCESSES = 2;
/** How far ahead a start is announced, in milliseconds, so that both processes hear of it in time. */
const NOTICE_MS = 15;

/**
 * Lets claimants in two processes race for one hash after the other: the processes share nothing but the bucket, and
 * start each round at the same instant.
 *
 * @param options.claimants  in both processes together
 */
export async function raceInTwoProcesses(options: {
  readonly server: Omit<S3Server, "stop">;
  readonly bucket: string;
  readonly entrant: Entrant;
  readonly rounds: number;
  readonly claimants: number;
}): Promise<RaceResult> {
  const { server, bucket, entrant, rounds, claimants } = options;
  const { endpoint, region, credentials, forcePathStyle } = server;
  const task: RacingTask = {
    server: { endpoint, region, credentials, forcePathStyle },
    bucket,
    entrant,
    claimants: claimants / PROCESSES,
  };
  const registrar = entrants[entrant](server, bucket);
  const processes = Array.from({ length: PROCESSES }, () => start(task));
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
      const outcomes = reports.map((report): readonly RaceOutcome[] =>
        report.status === "raced" ? report.outcomes : [],
      );
      for (const { status: answer } of outcomes.flat()) answers[answer] = (answers[answer] ?? 0) + 1;
      const winners = outcomes.map((told) => told.filter((outcome) => outcome.status === "claimed").length);
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
  return { rounds, claimants, roundsByWinners, wonByProcess, answers };
}

function start(task: RacingTask): ChildProcess {
  const script = fileURLToPath(new URL("racing-process.ts", import.meta.url));
  return fork(script, [JSON.stringify(task)], {
    execArgv: ["--conditions=source"],
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
