import { toHex, utf8 } from "./bytes.ts";

declare const signatureHashBrand: unique symbol;

/** SHA-256, in lower-case hex, of the canonical request of a signed URL: the name of its entry in the index. */
export type SignatureHash = string & { readonly [signatureHashBrand]: true };

/**
 * Hashes a canonical request.
 *
 * @param canonical  from `canonicalRequest`
 */
export async function hashCanonicalRequest(canonical: string): Promise<SignatureHash> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(canonical)))) as SignatureHash;
}

/** Tells whether a text has the form of a {@link SignatureHash}; for hashes that come from outside, such as a key listing. */
export function isSignatureHash(text: string): text is SignatureHash {
  return /^[0-9a-f]{64}$/.test(text);
}
