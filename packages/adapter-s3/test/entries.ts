import { createHash } from "node:crypto";

import type { Claimant, SignatureHash } from "@presign-once/core";

import { type Answer, answer } from "./fake-s3.ts";

/** A hash that was issued. */
export const HASH = "ab".repeat(32) as SignatureHash;

/** The claimant of the tested claim. */
export const US = "1".repeat(32) as Claimant;

/** Another one. */
export const THEM = "2".repeat(32) as Claimant;

/** Body of an issued entry, as it stands in buckets: to change it is to orphan every URL that is out. */
export const ISSUED = '{"presign-once":"issued"}';

/** Body of a revoked entry, likewise. */
export const REVOKED = '{"presign-once":"revoked"}';

/** Body of a claimed entry. */
export function claimedBy(claimant: Claimant): string {
  return `{"presign-once":"claimed","claimant":"${claimant}"}`;
}

/** The ETag of a body where ETags are MD5. */
export function md5(body: string): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

/** When every object here was written. */
const WRITTEN_AT = new Date("2026-01-01T00:00:00Z");

/** What an outcome says of a claim that was found made. */
export const found = { found: { since: WRITTEN_AT } };

/** An object, as GET answers it. */
export function object(body: string, etag = md5(body)): Answer {
  return answer(200, { etag, "last-modified": WRITTEN_AT.toUTCString() }, body);
}
