import { claimLaws } from "./claim-laws.ts";
import { type IndexLaw, withCheckedHarness } from "./index-law.ts";
import { revocationLaws } from "./revocation-laws.ts";

/**
 * The contract of {@link SignatureIndex} as data, with no test runner in it: bind it to any.
 *
 * Holding every law in any number of rounds disproves nothing about the races that did not happen.
 *
 * Races in one process disprove nothing about two: an index that reads and writes without an `await` in between holds every law
 * here, and has two winners as soon as two processes share its store.
 *
 * @example
 * const harness = { open: () => createMyIndex(client) };
 * for (const law of indexLaws) test(law.name, { skip: skipReason(law, harness) }, () => law.check(harness)); // node:test
 */
export const indexLaws: readonly IndexLaw[] = [...claimLaws, ...revocationLaws].map(withCheckedHarness);
