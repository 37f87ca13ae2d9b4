import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";

/**
 * What a harness can make a store do to one handle.
 *
 * - `lost-request`: the handle's first write never reaches the store, and no answer arrives.
 * - `lost-answer`: the handle's first write takes effect, but its answer never arrives.
 * - `conflict-storm`: every write of the handle is answered with a conflict (409) and has no effect; reads work.
 * - `unavailable-storm`: every request of the handle is answered with 503 and has no effect.
 */
export type StoreFault = "lost-request" | "lost-answer" | "conflict-storm" | "unavailable-storm";

/** How the laws get at an implementation. */
export interface IndexHarness {
  /**
   * Opens one more handle on the one store of this harness, independent of every other handle.
   *
   * @param fault  one of `faults`, which the store does to this handle; default: nothing
   */
  open(fault?: StoreFault): SignatureIndex | Promise<SignatureIndex>;
  /**
   * What `open` can make the store do; `withFaults` makes it of most clients. Default: nothing. A law that needs another fault
   * is not tried: see `skipReason`.
   */
  readonly faults?: readonly StoreFault[];
  /** How often the laws about races are tried; default 5. One round proves little: a race lost by luck is not a law kept. */
  readonly rounds?: number;
  /** How many claim at once in the laws about races; default 50. */
  readonly claimants?: number;
}

/** One clause of the contract of {@link SignatureIndex}. */
export interface IndexLaw {
  /** The rule, as a sentence. */
  readonly name: string;
  /** True of the laws about hashes that were never registered: an index that records nothing at issue is not bound by them. */
  readonly needsRegistration?: true;
  /** The faults without which the law would be tried in vain; default: none. */
  readonly needsFaults?: readonly StoreFault[];
  /** True of the laws without which no URL works once; they need no faults and take a few requests, for a quick probe. */
  readonly isEssential?: true;
  /**
   * @throws {PresignOnceError} `LAW_BROKEN`: the implementation was seen to break this law; the message says how.
   *         `ARGUMENT_INVALID`: the harness lacks a fault that the law needs, so nothing was tried: see `skipReason`
   */
  check(harness: IndexHarness): Promise<void>;
}

/**
 * Why a law cannot be tried with a harness, for a test runner to print beside the skipped test; `undefined` where it can be.
 *
 * @example
 * test(law.name, { skip: skipReason(law, harness) }, () => law.check(harness)); // node:test
 */
export function skipReason({ needsFaults = [] }: IndexLaw, { faults = [] }: IndexHarness): string | undefined {
  const missing = needsFaults.filter((fault) => !faults.includes(fault));
  return missing.length === 0 ? undefined : `the harness cannot inject: ${missing.join(", ")}`;
}

/** Makes a law refuse a harness that it cannot be tried with: kept in vain, or broken by a sound index, it would deceive. */
export function withCheckedHarness(law: IndexLaw): IndexLaw {
  return {
    ...law,
    async check(harness) {
      const reason = skipReason(law, harness);
      if (reason !== undefined) throw new PresignOnceError("ARGUMENT_INVALID", `this law was not tried: ${reason}`);
      await law.check(harness);
    },
  };
}
