/**
 * A process that takes part in races: forked by `raceInProcesses` with a `RacingTask` as JSON. For each `Race` it answers
 * once when it is ready, waits for the start, and reports what its claimants were told.
 */
import { randomIds, type SignatureHash, type SignatureIndex } from "@presign-once/core";

/** What a process needs to know before the first race. */
export interface RacingTask {
  /** URL of the module that opens handles. */
  readonly module: string;
  /** What its `open` gets. */
  readonly options: unknown;
  /** How many claimants this process has, each with a handle of its own. */
  readonly claimants: number;
}

/** Its messages: to prepare for a race, then the start time, as of `Date.now()`. */
export type Race = { readonly hash: SignatureHash } | { readonly startAt: number };

/** What it says. */
export type RacingReport =
  | { readonly status: "ready" }
  /** What each claimant was told. */
  | { readonly status: "raced"; readonly answers: readonly string[] };

/** What the module exports. */
export interface RacingModule {
  open(options: unknown): Handle | Promise<Handle>;
}

type Handle = Pick<SignatureIndex, "register" | "claim">;

const { module, options, claimants } = JSON.parse(process.argv[2] ?? "") as RacingTask;
const { open } = (await import(module)) as RacingModule;
const indexes = await Promise.all(Array.from({ length: claimants }, async () => open(options)));
let hash = "" as SignatureHash;

process.on("disconnect", () => process.exit());
process.on("message", (race: Race) => {
  if ("hash" in race) {
    hash = race.hash;
    report({ status: "ready" });
  } else void run(race.startAt).then((answers) => report({ status: "raced", answers }));
});
report({ status: "ready" });

async function run(startAt: number): Promise<string[]> {
  await new Promise((resolve) => void setTimeout(resolve, Math.max(0, startAt - Date.now())));
  // An index never throws. One that does so all the same has said something, and the race goes on.
  return Promise.all(
    indexes.map(async (index) => {
      try {
        return (await index.claim(hash, randomIds.claimant())).status;
      } catch {
        return "thrown";
      }
    }),
  );
}

function report(message: RacingReport): void {
  process.send?.(message);
}
