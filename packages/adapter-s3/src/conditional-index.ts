import type { S3Client } from "@aws-sdk/client-s3";
import { type ClaimOutcome, PresignOnceError, type RegisterOutcome, type SignatureIndex } from "@presign-once/core";

import { type Deadline, DEFAULT_LIMITS, startDeadline, type TimeLimits } from "./deadline.ts";
import { putEntry, readEntry } from "./entry-store.ts";
import { claimedBody, ISSUED_BODY, ISSUED_ETAG } from "./index-entry.ts";
import { isMissingKey, isPermanent, mayHaveLanded } from "./s3-failure.ts";

/** Folder of the index in its bucket, unless told otherwise. */
export const DEFAULT_INDEX_PREFIX = "signatures/";

/**
 * Creates an index on S3 in which a claim is one compare-and-swap: one request, one round trip.
 *
 * `register` creates `<prefix><hash>` with a constant body, `If-None-Match: *`; `claim` overwrites it with the claimant's
 * name, `If-Match` the ETag of that constant. S3 lets at most one of any number of such writes through. Whenever the
 * answer is anything but a plain yes, the entry itself is read back, and what it says is the truth.
 *
 * Safe only where the server evaluates conditional writes atomically: AWS S3 and R2. It is **not** on versioned buckets of
 * Ceph RGW, which ignores or races them; run `doctor` against your own bucket.
 *
 * @param s3            from `createS3Client`; others work, but retries of their own hide what became of each attempt
 * @param bucket        the index's bucket, which may be the uploads' own
 * @param prefix        folder of the index; default `signatures/`
 * @param unquotedEtag  send `If-Match` without its quotes, which is wrong by RFC 9110 but all that Ceph RGW 16
 *                      understands; default false
 * @param limits        default 1.5 s a request, 3.5 s in all
 * @param newDeadline   instead of `limits`, for whoever owns time: called once for each `register` and `claim`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function createConditionalIndex({
  s3,
  bucket,
  prefix = DEFAULT_INDEX_PREFIX,
  unquotedEtag = false,
  limits = DEFAULT_LIMITS,
  newDeadline = () => startDeadline(limits),
}: {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix?: string;
  readonly unquotedEtag?: boolean;
  readonly limits?: TimeLimits;
  readonly newDeadline?: () => Deadline;
}): SignatureIndex {
  const store = { s3, bucket };

  return {
    async register(hash, { expiresAt }): Promise<RegisterOutcome> {
      const key = prefix + hash;
      const metadata = { "expires-at": expiresAt.toISOString() };
      const deadline = newDeadline();
      let cause: unknown;
      do {
        try {
          await putEntry(store, { key, body: ISSUED_BODY, metadata, condition: { IfNoneMatch: "*" } }, deadline);
          return { status: "registered" };
        } catch (error) {
          cause = error;
        }
        if (isPermanent(cause)) break;
        const entry = await readEntry(store, key, deadline);
        if (entry.state === "issued") return { status: "registered" };
        if (entry.state === "claimed") return { status: "already-registered" };
        if (entry.state === "foreign") return { status: "indeterminate", cause: foreignEntry() };
      } while (await deadline.pause());
      return { status: "indeterminate", cause };
    },

    async claim(hash, claimant): Promise<ClaimOutcome> {
      const key = prefix + hash;
      const body = claimedBody(claimant);
      const deadline = newDeadline();
      let etag = ISSUED_ETAG;
      let attempts = 0;
      let landed = false;
      let cause: unknown;
      do {
        attempts++;
        try {
          await putEntry(store, { key, body, condition: { IfMatch: unquotedEtag ? unquote(etag) : etag } }, deadline);
          return { status: "claimed", attempts };
        } catch (error) {
          if (isMissingKey(error)) return { status: "unknown", attempts };
          landed ||= mayHaveLanded(error);
          cause = error;
        }
        if (isPermanent(cause)) break;
        const entry = await readEntry(store, key, deadline);
        switch (entry.state) {
          case "claimed":
            return { status: entry.claimant === claimant ? "claimed" : "already-claimed", attempts };
          case "missing":
            return { status: "unknown", attempts };
          case "foreign":
            return { status: "indeterminate", mayHaveLanded: landed, attempts, cause: foreignEntry() };
          case "issued":
            etag = entry.etag; // under SSE-KMS not the one that was expected
            break;
          case "unreadable":
            break;
        }
      } while (await deadline.pause());
      return { status: "indeterminate", mayHaveLanded: landed, attempts, cause };
    },
  };
}

function unquote(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}

function foreignEntry(): PresignOnceError {
  return new PresignOnceError("INDEX_UNREADABLE", "An index entry holds something that presign-once did not write");
}
