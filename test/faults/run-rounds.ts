import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { isWrongAnswer } from "./draw-fault.ts";
import { judge } from "./judge.ts";
import { type Lab, limitsOf } from "./lab.ts";
import { planRound } from "./round-plan.ts";
import { type RoundRecord, runRound } from "./round.ts";

/** What many rounds came to. */
export interface RoundsReport {
  readonly rounds: number;
  /** Rounds with a winner. */
  readonly won: number;
  /** Rounds that used the URL up and had no winner: a claim was lost to the network. */
  readonly usedUp: number;
  /** Rounds in which the URL stayed unused. */
  readonly unused: number;
  /** Rounds without an issued URL, because its registration was disturbed. */
  readonly unissued: number;
  /** How often each answer was given to a claimant. */
  readonly answers: Readonly<Record<string, number>>;
  readonly requests: number;
  /** Requests that met a fault, by its kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Requests that reached the server after their client had timed out. */
  readonly late: number;
  /** Answers by which the server said that it had not done what it did, or that what is there is not. */
  readonly wrongAnswers: number;
  readonly slowestMs: number;
  /** Bytes of live objects after every batch, garbage collected; and of the process. */
  readonly memory: readonly { readonly heap: number; readonly rss: number }[];
  /** The round that was over last. */
  readonly last: RoundRecord | undefined;
  /** What was wrong, with the round. */
  readonly wrong: readonly { readonly round: number; readonly what: readonly string[]; readonly record: RoundRecord }[];
}

/** The seed of the suites: what CI says is about the change, and not about chance. Hunting is `pnpm test faults`. */
export const SEED = 20_260_101;

/** The numbers of the first so many rounds of a seed. */
export function firstRounds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** Rounds that are under way at once. */
const LANES = 6;
const HANDLES_A_ROUND = 5;
const ROUNDS_A_BATCH = 250;

/**
 * Runs rounds from a seed, several at once, until all are done or enough were wrong.
 *
 * @param options.rounds   numbers of the rounds to run
 * @param options.enough   how many wrong rounds are enough; default 10
 * @param options.onBatch  called now and then with the number of rounds done
 */
export async function runRounds(
  lab: Lab,
  options: {
    readonly seed: number;
    readonly rounds: readonly number[];
    readonly enough?: number;
    readonly onBatch?: (done: number) => void;
  },
): Promise<RoundsReport> {
  const report = {
    rounds: 0,
    won: 0,
    usedUp: 0,
    unused: 0,
    unissued: 0,
    requests: 0,
    late: 0,
    wrongAnswers: 0,
    slowestMs: 0,
  };
  const answers: Record<string, number> = {};
  const faults: Record<string, number> = {};
  const memory: { heap: number; rss: number }[] = [];
  const wrong: { round: number; what: string[]; record: RoundRecord }[] = [];

  let last: RoundRecord | undefined;
  function count(record: RoundRecord): void {
    last = record;
    report.rounds++;
    report.requests += record.disturbed.length;
    for (const request of record.disturbed) {
      const { fault } = request;
      if (fault.kind !== "pass") faults[fault.kind] = (faults[fault.kind] ?? 0) + 1;
      if (fault.kind === "delay" && fault.leg === "request" && fault.milliseconds > limitsOf(record.plan).requestMs)
        report.late++;
      if (isWrongAnswer(request)) report.wrongAnswers++;
    }
    for (const { status, mayHaveLanded, milliseconds } of record.told) {
      const answer = status === "indeterminate" ? (mayHaveLanded ? "undecided" : "unavailable") : status;
      answers[answer] = (answers[answer] ?? 0) + 1;
      report.slowestMs = Math.max(report.slowestMs, milliseconds);
    }
    if (record.registration !== "registered") report.unissued++;
    else if (record.told.some(({ status }) => status === "claimed")) report.won++;
    else if (record.entry.owner !== undefined) report.usedUp++;
    else report.unused++;
  }

  const { enough = 10 } = options;
  const waiting = [...options.rounds];
  async function work(lane: number, batch: number[]): Promise<void> {
    for (let round = batch.shift(); round !== undefined && wrong.length < enough; round = batch.shift()) {
      const record = await runRound(lab, planRound(options.seed, round), lane * HANDLES_A_ROUND);
      count(record);
      const what = judge(record);
      if (what.length > 0) wrong.push({ round, what, record });
    }
  }
  while (waiting.length > 0 && wrong.length < enough) {
    const batch = waiting.splice(0, ROUNDS_A_BATCH);
    await Promise.all(Array.from({ length: LANES }, async (_, lane) => work(lane, batch)));
    await lab.renewNetwork();
    memory.push(measureMemory());
    options.onBatch?.(report.rounds);
  }
  return { ...report, answers, faults, memory, last, wrong };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function measureMemory(): { heap: number; rss: number } {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}
