/**
 * A process that takes part in races: forked by `startRacers` with a `RacingTask` as JSON. For each `Race` it answers
 * once when it is ready, waits for the start, and reports what its claimants were told.
 */
import { randomIds, type SignatureHash } from "@presign-once/core";

import type { S3Server } from "../servers/s3-server.ts";
import { entrants, type Entrant } from "./entrants.ts";

/** What a process needs to know before the first race. */
export interface RacingTask {
  readonly server: Omit<S3Server, "stop">;
  readonly bucket: string;
  readonly entrant: Entrant;
  /** How many claimants this process has; each with a client, and so connections, of its own. */
  readonly claimants: number;
}

/** Its messages: to prepare for a race, then the start time, as of `Date.now()`. */
export type Race = { readonly hash: SignatureHash } | { readonly startAt: number };

/** What one claimant was told. */
export interface RaceOutcome {
  readonly claimant: string;
  readonly status: string;
}

/** What it says. */
export type RacingReport =
  | { readonly status: "ready" }
  | { readonly status: "raced"; readonly outcomes: readonly RaceOutcome[] };

const { server, bucket, entrant, claimants } = JSON.parse(process.argv[2] ?? "") as RacingTask;
const indexes = Array.from({ length: claimants }, () => entrants[entrant](server, bucket));
let hash = "" as SignatureHash;

process.on("disconnect", () => process.exit());
process.on("message", (race: Race) => {
  if ("hash" in race) {
    hash = race.hash;
    report({ status: "ready" });
  } else void run(race.startAt).then((outcomes) => report({ status: "raced", outcomes }));
});
report({ status: "ready" });

async function run(startAt: number): Promise<RaceOutcome[]> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, startAt - Date.now())));
  return Promise.all(
    indexes.map(async (index) => {
      const claimant = randomIds.claimant();
      // An index never throws. One that does so all the same has said something, and the race goes on.
      const { status } = await index.claim(hash, claimant).catch(() => ({ status: "thrown" }));
      return { claimant, status };
    }),
  );
}

function report(message: RacingReport): void {
  process.send?.(message);
}
