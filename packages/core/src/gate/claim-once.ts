import type { Claimant } from "../ports/claimant.ts";
import type { Clock } from "../ports/clock.ts";
import { type Digests, webDigests } from "../ports/digests.ts";
import type { Ids } from "../ports/ids.ts";
import type { OneObjectOutcome } from "../ports/one-object.ts";
import { isPermanentFault, PresignOnceError } from "../ports/presign-once-error.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { ClaimOutcome, SignatureIndex } from "../ports/signature-index.ts";
import type { UploadHistory } from "../ports/upload-history.ts";
import { clientClaimant } from "./client-secret.ts";
import { type RefusedUpload, undecidedReason } from "./refused-upload.ts";
import { createSettledHashes } from "./settled-hashes.ts";

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
  /** Length of the upload; `undefined` where it is not declared. */
  readonly declaredBytes: number | undefined;
  /** Of a client that may come again, where the grant allows it; `undefined`: no client may. */
  readonly clientSecret: string | undefined;
}

/** What takes the uploads cannot take this one now. Nothing was asked of the index, and nothing is used up. */
export interface NotAdmitted {
  readonly status: "not-admitted";
}

/**
 * Called right before the index, in the same turn of the event loop, and not for an upload that is refused without the
 * index. If it returns a value, this is the decision instead of a claim.
 */
export type Admit<N extends NotAdmitted> = (hash: SignatureHash) => N | undefined;

/** How a client may try again. */
export interface RetryRules {
  /** Tells whether it is too late, because an object was stored. */
  readonly history: UploadHistory;
  /** How long it may, from its first claim, in seconds. */
  readonly leaseSeconds: number;
  /**
   * Tells whether the store was proven to keep one object of two uploads that overlap. Called before each claim by a client
   * with a secret, so an implementation remembers the answer. Default: it was proven before the deployment.
   */
  readonly provenToKeepOne?: () => Promise<OneObjectOutcome>;
}

/**
 * Creates the last check of every upload, and the only one that can use its URL up: asks the index for a hash, once, by a
 * new claimant. It refuses hashes that it saw in a terminal state without asking the index.
 *
 * @param deps.retries  default: no client may retry, even if it was granted, and a secret is ignored
 * @returns `claimed` to at most one of all requests with this hash, and then to the same client again, as long as nothing
 *          was stored; to the others why they are refused
 */
export function createOnceGate(deps: {
  readonly index: SignatureIndex;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digests?: Digests;
  readonly retries?: RetryRules | undefined;
}): <N extends NotAdmitted = never>(claiming: Claiming, admit?: Admit<N>) => Promise<ClaimedHash | RefusedUpload | N> {
  const { retries, digests = webDigests } = deps;
  const settled = createSettledHashes();

  async function claim(hash: SignatureHash, claimant: Claimant): Promise<ClaimOutcome> {
    const outcome = await deps.index.claim(hash, claimant);
    if (outcome.status === "claimed") settled.claimed(hash, claimant);
    if (outcome.status === "already-claimed") settled.claimed(hash, outcome.owner);
    if (outcome.status === "revoked") settled.revoked(hash);
    return outcome;
  }

  return async ({ hash, key, declaredBytes, clientSecret }, admit) => {
    const isKnown = clientSecret !== undefined && retries !== undefined;
    const claimant = isKnown ? await clientClaimant(hash, clientSecret, digests) : deps.ids.claimant();
    const recalled = settled.recall(hash, claimant, !isKnown);
    if (recalled !== undefined) return { status: "refused", hash, claimant, attempts: 0, indexMs: 0, reason: recalled };
    if (isKnown) {
      const refusal = await refuseUnproven(retries);
      if (refusal !== undefined) return { status: "refused", hash, ...refusal };
    }

    const notAdmitted = admit?.(hash);
    if (notAdmitted !== undefined) return notAdmitted;
    const asked = deps.clock.now().getTime();
    const outcome = await claim(hash, claimant);
    const indexMs = deps.clock.now().getTime() - asked;
    const made = { hash, claimant, attempts: outcome.attempts, indexMs };
    switch (outcome.status) {
      case "claimed": {
        // A claimant that is fresh cannot have been here before: what was found is its own, the answer lost.
        if (!isKnown || outcome.found === undefined) return { status: "claimed", ...made, repeated: false };
        const repetition = { since: outcome.found.since, now: deps.clock.now(), key, declaredBytes };
        const refusal = await refuseRepetition(retries, repetition);
        if (refusal === undefined) return { status: "claimed", ...made, repeated: true };
        if (refusal.reason === "lease-over") settled.ended(hash, claimant);
        return { status: "refused", ...made, ...refusal };
      }
      case "already-claimed":
      case "revoked":
      case "unknown":
        return { status: "refused", ...made, reason: outcome.status };
      case "indeterminate": {
        const reason = outcome.mayHaveLanded ? "undecided" : undecidedReason(outcome.cause);
        return { status: "refused", ...made, reason, cause: outcome.cause };
      }
    }
  };
}

/** Why a client that makes itself known may not even claim; `undefined`: it may. Nothing is used up. */
async function refuseUnproven(
  retries: RetryRules,
): Promise<
  | { readonly reason: ReturnType<typeof undecidedReason>; readonly cause: unknown }
  | { readonly reason: "header-refused"; readonly message: string }
  | undefined
> {
  const outcome = (await retries.provenToKeepOne?.()) ?? { status: "proven" };
  switch (outcome.status) {
    case "proven":
      return undefined;
    case "broken":
      return {
        reason: "header-refused",
        message: "x-presign-once-client: no retries are offered here. Leave the header out.",
      };
    default: {
      // undecided, or an answer that is none of the three
      const cause = unproven("cause" in outcome ? outcome.cause : undefined);
      return { reason: undecidedReason(cause), cause };
    }
  }
}

function unproven(cause: unknown): PresignOnceError {
  if (isPermanentFault(cause)) return cause; // it says what to change
  return new PresignOnceError(
    "RETRIES_UNPROVEN",
    "It could not be tried whether the uploads' store keeps one object of two uploads that overlap",
    { cause },
  );
}

/** Why a claim that was found made already does not let a second upload through; `undefined`: it does. */
async function refuseRepetition(
  retries: RetryRules,
  repetition: Pick<Claiming, "key" | "declaredBytes"> & { readonly since: Date | undefined; readonly now: Date },
): Promise<
  | { readonly reason: "lease-over" }
  | { readonly reason: "already-stored"; readonly etag: string | undefined }
  | { readonly reason: ReturnType<typeof undecidedReason>; readonly cause: unknown }
  | undefined
> {
  const { since, now, key, declaredBytes } = repetition;
  if (since === undefined) return { reason: "unavailable", cause: new Error("the index does not tell since when") };
  if (!(now.getTime() < since.getTime() + retries.leaseSeconds * 1000)) return { reason: "lease-over" };
  const stored = await retries.history.wasStored(key);
  switch (stored.status) {
    case "never":
      return undefined;
    case "stored": {
      const { etag, bytes } = stored.object ?? {};
      const isAnotherFile = bytes !== undefined && declaredBytes !== undefined && bytes !== declaredBytes;
      return { reason: "already-stored", etag: isAnotherFile ? undefined : etag };
    }
    case "indeterminate":
      return { reason: undecidedReason(stored.cause), cause: stored.cause };
    default: // a history that breaks its contract has not said "never"
      return { reason: "unavailable", cause: new Error("the history answers none of never, stored, indeterminate") };
  }
}
