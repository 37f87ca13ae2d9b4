import type { SignatureIndex } from "../ports/signature-index.ts";

/**
 * What a harness can make a store do to one handle.
 *
 * - `lost-answer`: the handle's first write takes effect, but its answer never arrives.
 * - `conflict-storm`: every write of the handle is answered with a conflict (409) and has no effect; reads work.
 * - `unavailable-storm`: every request of the handle is answered with 503 and has no effect.
 */
export type StoreFault = "lost-answer" | "conflict-storm" | "unavailable-storm";

/** How the laws get at an implementation. */
export interface IndexHarness {
  /** Opens one more handle on the one store of this harness, independent of every other handle. */
  open(fault?: StoreFault): SignatureIndex | Promise<SignatureIndex>;
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
  /** True of the laws without which no URL works once; they need no faults and take a few requests, for a quick probe. */
  readonly isEssential?: true;
  /** @throws {PresignOnceError} `LAW_BROKEN`: the implementation was seen to break this law; the message says how */
  check(harness: IndexHarness): Promise<void>;
}
