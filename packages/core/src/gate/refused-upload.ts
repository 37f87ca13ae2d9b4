import type { Claimant } from "../ports/claimant.ts";
import { isPermanentFault } from "../ports/presign-once-error.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { HeaderFault } from "./header-fault.ts";

/**
 * The request must not reach the store.
 *
 * The URL stays unused, decided without the index: `method-not-allowed`, `malformed`, `not-issued`, `expired`, `not-yet-valid`
 * and every {@link HeaderFault}. Decided by the index: `already-claimed`, `revoked`, `unknown`, `unavailable` (nothing was written:
 * try again), `store-refused` (nothing was written, and nothing will be before the operator has changed something) and
 * `undecided` (the URL may be used up). Of a client that tries again: `already-stored`, its upload has
 * arrived, and `etag` is there where its object still is, for certain; `lease-over`, it is too late.
 */
export type RefusedUpload = {
  readonly status: "refused";
  /** Set as soon as the tag was verified. */
  readonly hash?: SignatureHash;
  readonly claimant?: Claimant;
  readonly attempts?: number | undefined;
  readonly indexMs?: number;
} & (
  | { readonly reason: "method-not-allowed" | "not-issued" | "expired" | "not-yet-valid" }
  | { readonly reason: "already-claimed" | "revoked" | "unknown" | "lease-over" }
  | { readonly reason: "already-stored"; readonly etag: string | undefined }
  | { readonly reason: "malformed" | HeaderFault["reason"]; readonly message: string }
  | { readonly reason: "unavailable" | "store-refused" | "undecided"; readonly cause: unknown }
);

/** Why nothing was decided and nothing was written: whether the next try may do better. */
export function undecidedReason(cause: unknown): "unavailable" | "store-refused" {
  return isPermanentFault(cause) ? "store-refused" : "unavailable";
}
