import { createHash } from "node:crypto";

import { type Claimant, isClaimant } from "@presign-once/core";

/** What an index entry says. `foreign`: nothing that presign-once wrote. */
export type EntryState =
  | { readonly state: "issued" }
  | { readonly state: "claimed"; readonly claimant: Claimant }
  | { readonly state: "revoked" }
  | { readonly state: "foreign" };

/** Longest entry that is read back, in bytes; ours are far shorter. */
export const MAX_ENTRY_BYTES = 1_024;

/** Body of every issued entry: a constant, so that its ETag is known without reading it. */
export const ISSUED_BODY = '{"presign-once":"issued"}';

/** ETag of {@link ISSUED_BODY} where ETags are MD5: everywhere but under SSE-KMS and SSE-C. */
export const ISSUED_ETAG = etagOf(ISSUED_BODY);

/** Body of a revoked entry: a constant, so that a repeated revocation is an identical write. */
export const REVOKED_BODY = '{"presign-once":"revoked"}';

/** Body of a claimed entry. The same claimant always writes the same bytes, so that a repeated write is identical. */
export function claimedBody(claimant: Claimant): string {
  return JSON.stringify({ "presign-once": "claimed", claimant });
}

/** Reads the body of an entry. */
export function parseEntry(body: string): EntryState {
  if (body === ISSUED_BODY) return { state: "issued" };
  if (body === REVOKED_BODY) return { state: "revoked" };
  const claimant = /^\{"presign-once":"claimed","claimant":"([0-9a-f]+)"\}$/.exec(body)?.[1];
  return isClaimant(claimant) ? { state: "claimed", claimant } : { state: "foreign" };
}

/** The ETag, in its quotes, that S3 gives a body written in one part and not encrypted with KMS. */
export function etagOf(body: string): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}
