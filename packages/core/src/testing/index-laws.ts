import { claimLaws } from "./claim-laws.ts";
import type { IndexLaw } from "./index-law.ts";
import { revocationLaws } from "./revocation-laws.ts";

/**
 * The contract of {@link SignatureIndex} as data, with no test runner in it: bind it to any.
 *
 * Holding every law in any number of rounds disproves nothing about the races that did not happen.
 *
 * @example
 * for (const law of indexLaws) test(law.name, () => law.check({ open: () => createInMemoryIndex(store) }));
 */
export const indexLaws: readonly IndexLaw[] = [...claimLaws, ...revocationLaws];
