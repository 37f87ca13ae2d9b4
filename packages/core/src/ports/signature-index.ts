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
 * - exactly one of any number of concurrent claims wins;
 * - a claimant that repeats its own claim still owns it;
 * - a lost answer to a claim is resolved correctly or reported as `indeterminate`, and never makes two winners;
 * - a lost answer to a registration is resolved to `registered` or reported as `indeterminate`;
 * - under a storm of conflicts no claimant wins without a write;
 * - under a storm of errors a claim is neither won nor reported as unknown, claimed or revoked;
 * - `mayHaveLanded: false` is always true: the hash is still claimable;
 * - a claim of a revoked hash returns `revoked`, and registering it never reopens it;
 * - revoking a claimed hash fails and leaves the claim to its owner;
 * - exactly one of a concurrent claim and revocation takes effect;
 * - a lost answer to a revocation is resolved to `revoked` or reported as `indeterminate`;
 * - `inspect` reports the state of a hash, and changes nothing.
 *
 * An index that records nothing when a URL is issued reports no hash as `unknown`: the caller must know from the tag
 * that the URL was issued. Only the laws that need no registration apply to it.
 *
 * The `cause` of an outcome is a {@link PresignOnceError} `STORE_REFUSED`, `INDEX_MISCONFIGURED` or `INDEX_UNREADABLE` where
 * trying again is of no use; see `isPermanentFault`.
 *
 * No method throws for anything that a store may do; they throw {@link PresignOnceError} for misuse only.
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
   * Atomic across every handle on the store: at most one claimant ever gets `claimed`.
   */
  claim(hash: SignatureHash, claimant: Claimant): Promise<ClaimOutcome>;

  /**
   * Takes a hash away unused, for good.
   *
   * Atomic with `claim`: either a claimant owns the hash, or it is revoked. Idempotent.
   */
  revoke(hash: SignatureHash): Promise<RevokeOutcome>;

  /** Reports the state of a hash. It may be out of date at once: no claim may be decided by it. */
  inspect(hash: SignatureHash): Promise<InspectOutcome>;
}

/**
 * - `registered`: the hash can be claimed.
 * - `already-registered`: the hash was claimed before, as far as the index looks; the URL must not be handed out.
 * - `indeterminate`: unknown; the URL must not be handed out.
 */
export type RegisterOutcome =
  | { readonly status: "registered" }
  | { readonly status: "already-registered" }
  | { readonly status: "indeterminate"; readonly cause: unknown };

/**
 * - `claimed`: this claimant owns the hash. `found` is set if the index found the claim already made: by the same claimant
 *   before, or by a write of this call that lost its answer. It has the time by the store's clock, if known.
 * - `already-claimed`: another claimant owns it, for good; `owner` where the index has read which.
 * - `revoked`: taken away unused, for good.
 * - `unknown`: never registered here.
 * - `indeterminate`: unknown; refuse. `mayHaveLanded` is false only when no write of this claim can have reached the
 *   store and none can still arrive, so that the hash is as claimable as before.
 *
 * `attempts` counts the writes that the claim tried, where the index counts them.
 */
export type ClaimOutcome = { readonly attempts?: number } & (
  | { readonly status: "claimed"; readonly found?: { readonly since: Date | undefined } }
  | { readonly status: "already-claimed"; readonly owner?: Claimant }
  | { readonly status: "revoked" | "unknown" }
  | { readonly status: "indeterminate"; readonly mayHaveLanded: boolean; readonly cause: unknown }
);

/**
 * - `revoked`: no claimant owns the hash or ever will. Also the answer where it was revoked before.
 * - `already-claimed`: a claimant owns it, and keeps it.
 * - `unknown`: never registered here.
 * - `indeterminate`: unknown; the revocation may have taken effect, or may yet. Ask again.
 */
export type RevokeOutcome =
  | { readonly status: "revoked" }
  | { readonly status: "already-claimed" }
  | { readonly status: "unknown" }
  | { readonly status: "indeterminate"; readonly cause: unknown };

/**
 * - `issued`: it can be claimed, as far as the index is concerned; it knows nothing of expiry.
 * - `claimed`: who owns it, and since when by the store's clock.
 * - `revoked`: since when by the store's clock.
 * - `unknown`: never registered here.
 * - `indeterminate`: the outcome is unknown.
 */
export type InspectOutcome =
  | { readonly status: "issued" }
  | { readonly status: "claimed"; readonly claimant: Claimant; readonly at: Date }
  | { readonly status: "revoked"; readonly at: Date }
  | { readonly status: "unknown" }
  | { readonly status: "indeterminate"; readonly cause: unknown };
