import type { Claimant } from "../ports/claimant.ts";
import type { Ids } from "../ports/ids.ts";

/** Creates ids that count up, so that a test can name them: objects `1`, `2`, …; claimants and locks `0…01`, `0…02`, …. */
export function createSequentialIds(): Ids {
  let objects = 0;
  let claimants = 0;
  let locks = 0;
  return {
    objectId: () => String(++objects),
    lock: () => (++locks).toString(16).padStart(64, "0"),
    claimant: () => (++claimants).toString(16).padStart(32, "0") as Claimant,
  };
}
