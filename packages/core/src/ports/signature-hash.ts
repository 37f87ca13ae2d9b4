import { type Digests, webDigests } from "./digests.ts";

declare const signatureHashBrand: unique symbol;

/** SHA-256, in lower-case hex, of the canonical request of a signed URL: the name of its entry in the index. */
export type SignatureHash = string & { readonly [signatureHashBrand]: true };

/**
 * Hashes a canonical request.
 *
 * @param canonical  from `canonicalRequest`
 * @param digests    default: Web Crypto's
 */
export async function hashCanonicalRequest(canonical: string, digests: Digests = webDigests): Promise<SignatureHash> {
  return (await digests.sha256(canonical)) as SignatureHash;
}

/** Digits of a hash that stand in the log: enough to find an entry, too few to name one. */
const SHORT_HASH_DIGITS = 12;

/** The beginning of a hash, as log lines have it. */
export function shortHash(hash: SignatureHash): string {
  return hash.slice(0, SHORT_HASH_DIGITS);
}
