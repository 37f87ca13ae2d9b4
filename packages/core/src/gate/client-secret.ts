import type { Claimant } from "../ports/claimant.ts";
import type { Digests } from "../ports/digests.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";

/** Header by which a client makes itself known to its own retries; never passed on. */
export const CLIENT_HEADER = "x-presign-once-client";
/** Policy of a grant: the client that was first may retry. */
export const SAME_CLIENT = "same-client";
/** Shown name of the policy of a grant about retries. */
export const RETRIES_PARAMETER = "retries";

const LABEL = "presign-once/client/1\n";
const CLAIMANT_DIGITS = 32;

/**
 * The claimant that a client is, for one URL: the same each time, and useless to a reader of the index.
 *
 * Bound to the URL, so that one secret used for two of them makes two claimants.
 */
export async function clientClaimant(hash: SignatureHash, secret: string, digests: Digests): Promise<Claimant> {
  const digest = await digests.sha256(`${LABEL}${hash}\n${secret}`);
  return digest.slice(0, CLAIMANT_DIGITS) as Claimant;
}
