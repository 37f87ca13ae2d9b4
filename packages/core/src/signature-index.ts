import type { Claimant } from "./claimant.ts";
import type { SignatureHash } from "./signature-hash.ts";

/**
 * Where hashes of issued URLs live and are claimed: the single point that makes a URL single-use.
 *
 * An implementation must hold the laws that `@presign-once/core/testing` exports:
 * - the first claim of a registered hash wins, and a second one by another claimant never does;
 * - a claim made through one handle is seen through every other handle on the same store;
 * - hashes do not interfere with each other;
 * - a hash that was never registered is `unknown`, and claiming it leaves nothing behind;
 * - registering an unclaimed hash again changes nothing, and registering a claimed one never reopens it;
 * - of any number of concurrent claims exactly one wins;
 * - a claimant that repeats its own claim still owns it;
 * - a lost answer to a claim is resolved to the truth or reported as `indeterminate`, and never makes two winners;
 * - a lost answer to a registration is resolved to `registered` or reported as `indeterminate`;
 * - under a storm of conflicts nobody wins who wrote nothing;
 * - under a storm of errors a hash is neither won nor called unknown or claimed;
 * - `mayHaveLanded: false` is never a lie: the hash is still claimable.
 *
 * Neither method throws for anything that a store may do; they throw {@link PresignOnceError} for misuse only.
 */
export interface SignatureIndex {
  /**
   * Records a hash as issued.
   *
   * Idempotent: registering an unclaimed hash again is `registered`. Only after `registered` may the URL be handed out.
   *
   * @param hash   of the issued URL
   * @param entry  `expiresAt`: when the URL stops being valid; the index may forget the hash a day after
   */
  register(hash: SignatureHash, entry: { readonly expiresAt: Date }): Promise<RegisterOutcome>;

  /**
   * Takes a hash, once, for one claimant.
   *
   * Atomic across every handle on the store: at most one claimant is ever told `claimed`.
   */
  claim(hash: SignatureHash, claimant: Claimant): Promise<ClaimOutcome>;
}

/**
 * - `registered`: the hash can be claimed.
 * - `already-registered`: the hash was claimed before, as far as the index looks; the URL must not be handed out.
 * - `indeterminate`: nobody knows; the URL must not be handed out.
 */
export type RegisterOutcome =
  | { readonly status: "registered" }
  | { readonly status: "already-registered" }
  | { readonly status: "indeterminate"; readonly cause: unknown };

/**
 * - `claimed`: this claimant owns the hash.
 * - `already-claimed`: another claimant owns it.
 * - `unknown`: never registered here, or revoked.
 * - `indeterminate`: nobody knows; refuse. `mayHaveLanded` is false only when no write of this claim can have reached the
 *   store and none can still arrive, so that the hash is as claimable as before.
 *
 * `attempts` counts the writes that the claim tried, where the index counts them.
 */
export type ClaimOutcome = { readonly attempts?: number } & (
  | { readonly status: "claimed" }
  | { readonly status: "already-claimed" }
  | { readonly status: "unknown" }
  | { readonly status: "indeterminate"; readonly mayHaveLanded: boolean; readonly cause: unknown }
);
