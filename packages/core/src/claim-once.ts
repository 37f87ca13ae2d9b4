import type { Claimant } from "./claimant.ts";
import type { Clock } from "./clock.ts";
import type { Ids } from "./ids.ts";
import type { RefusedUpload } from "./refused-upload.ts";
import type { SignatureHash } from "./signature-hash.ts";
import type { SignatureIndex } from "./signature-index.ts";

/** A hash that this request won, and what that took. */
export interface ClaimedHash {
  readonly status: "claimed";
  readonly hash: SignatureHash;
  readonly claimant: Claimant;
  /** Writes that the claim tried, where the index counts them. */
  readonly attempts: number | undefined;
  /** How long the index took, in milliseconds. */
  readonly indexMs: number;
}

/**
 * Asks the index for a hash, once, by a claimant made for it: the last check of every upload, and the only one that can
 * use its URL up.
 *
 * @returns `claimed` to at most one of all requests with this hash; to the others why they are refused
 */
export async function claimOnce(
  deps: { readonly index: SignatureIndex; readonly clock: Clock; readonly ids: Ids },
  hash: SignatureHash,
): Promise<ClaimedHash | RefusedUpload> {
  const claimant = deps.ids.claimant();
  const asked = deps.clock.now().getTime();
  const outcome = await deps.index.claim(hash, claimant);
  const indexMs = deps.clock.now().getTime() - asked;
  const claim = { hash, claimant, attempts: outcome.attempts, indexMs };
  switch (outcome.status) {
    case "claimed":
      return { status: "claimed", ...claim };
    case "already-claimed":
    case "unknown":
      return { status: "refused", ...claim, reason: outcome.status };
    case "indeterminate": {
      const reason = outcome.mayHaveLanded ? "undecided" : "unavailable";
      return { status: "refused", ...claim, reason, cause: outcome.cause };
    }
  }
}
