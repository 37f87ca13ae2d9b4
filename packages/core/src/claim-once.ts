import type { Claimant } from "./claimant.ts";
import { clientClaimant } from "./client-secret.ts";
import type { Clock } from "./clock.ts";
import { type Digests, webDigests } from "./digests.ts";
import type { Ids } from "./ids.ts";
import type { RefusedUpload } from "./refused-upload.ts";
import type { SignatureHash } from "./signature-hash.ts";
import type { SignatureIndex } from "./signature-index.ts";
import type { UploadHistory } from "./upload-history.ts";

/** A hash that this request won, and what that took. */
export interface ClaimedHash {
  readonly status: "claimed";
  readonly hash: SignatureHash;
  readonly claimant: Claimant;
  /** Writes that the claim tried, where the index counts them. */
  readonly attempts: number | undefined;
  /** How long the index took, in milliseconds. */
  readonly indexMs: number;
  /** Whether the same client had won it before, and tries again. */
  readonly repeated: boolean;
}

/** What is claimed, and by whom. */
export interface Claiming {
  readonly hash: SignatureHash;
  /** Of the object that the upload would make. */
  readonly key: string;
  /** Of a client that may come again, where the grant lets it; `undefined`: nobody may. */
  readonly clientSecret: string | undefined;
}

/** How a client may try again. */
export interface RetryRules {
  /** Tells when it is too late: something was stored. */
  readonly history: UploadHistory;
  /** How long it may, from its first claim, in seconds. */
  readonly leaseSeconds: number;
}

/**
 * Asks the index for a hash, once, by a claimant made for it: the last check of every upload, and the only one that can
 * use its URL up.
 *
 * @param deps.retries  default: nobody may try again, whatever was granted, and a client that makes itself known is
 *                      claimed for like any other
 * @returns `claimed` to at most one of all requests with this hash, and then to the same client again, as long as nothing
 *          was stored; to the others why they are refused
 */
export async function claimOnce(
  deps: {
    readonly index: SignatureIndex;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly digests?: Digests;
    readonly retries?: RetryRules | undefined;
  },
  { hash, key, clientSecret }: Claiming,
): Promise<ClaimedHash | RefusedUpload> {
  const { retries } = deps;
  const isKnown = clientSecret !== undefined && retries !== undefined;
  const claimant = isKnown ? await clientClaimant(hash, clientSecret, deps.digests ?? webDigests) : deps.ids.claimant();
  const asked = deps.clock.now().getTime();
  const outcome = await deps.index.claim(hash, claimant);
  const indexMs = deps.clock.now().getTime() - asked;
  const claim = { hash, claimant, attempts: outcome.attempts, indexMs };
  switch (outcome.status) {
    case "claimed": {
      // A claimant that is fresh cannot have been here before: what was found is its own, the answer lost.
      if (!isKnown || outcome.found === undefined) return { status: "claimed", ...claim, repeated: false };
      const refusal = await refuseRepetition(retries, outcome.found.since, deps.clock.now(), key);
      return refusal === undefined
        ? { status: "claimed", ...claim, repeated: true }
        : { status: "refused", ...claim, ...refusal };
    }
    case "already-claimed":
    case "unknown":
      return { status: "refused", ...claim, reason: outcome.status };
    case "indeterminate": {
      const reason = outcome.mayHaveLanded ? "undecided" : "unavailable";
      return { status: "refused", ...claim, reason, cause: outcome.cause };
    }
  }
}

/** Why a claim that was found made already does not let a second upload through; `undefined`: it does. */
async function refuseRepetition(
  retries: RetryRules,
  since: Date | undefined,
  now: Date,
  key: string,
): Promise<
  | { readonly reason: "already-stored" | "lease-over" }
  | { readonly reason: "unavailable"; readonly cause: unknown }
  | undefined
> {
  if (since === undefined) return { reason: "unavailable", cause: new Error("the index does not tell since when") };
  if (!(now.getTime() < since.getTime() + retries.leaseSeconds * 1000)) return { reason: "lease-over" };
  const stored = await retries.history.wasStored(key);
  switch (stored.status) {
    case "never":
      return undefined;
    case "stored":
      return { reason: "already-stored" };
    case "indeterminate":
      return { reason: "unavailable", cause: stored.cause };
    default: // a history that breaks its contract has not said "never"
      return { reason: "unavailable", cause: new Error("the history answers none of never, stored, indeterminate") };
  }
}
