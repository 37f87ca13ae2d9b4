import { isPermanent, statusOf } from "../s3/s3-failure.ts";
import { settleByConditionalWrite } from "./conditional-write.ts";
import { foreignEntry, lookAt, putEntry, readEntry } from "./entry-store.ts";
import { ISSUED_BODY, ISSUED_ETAG } from "./index-entry.ts";
import { completePlace, type IndexPlace } from "./index-place.ts";
import { createQuotesOfEtags } from "./quotes-of-etags.ts";
import { scopeOf } from "./scope-of.ts";
import { createSettledIndex, type S3Index } from "./settled-index.ts";

/**
 * Creates an index on S3 in which a claim is one compare-and-swap: one request, one round trip.
 *
 * `register` creates `<prefix><hash>` with a constant body, `If-None-Match: *`; `claim` overwrites it with the claimant's
 * name, and `revoke` with another constant, `If-Match` the ETag of the first. S3 lets at most one of any number of such
 * writes through. Whenever the answer is anything but a plain yes, the entry itself is read back, and what it says is the
 * truth.
 *
 * That ETag is the MD5 of the constant, but not under SSE-KMS: there a write with it misses, and the entry that is read back has
 * the right one. A handle that has won a claim in this way reads first from then on: a claim is one GET and one PUT.
 *
 * A store that understands no ETag in quotes is found out by such a miss: see `createQuotesOfEtags`.
 *
 * Safe only where the server evaluates conditional writes atomically: AWS S3 and R2. It is **not** on versioned buckets of
 * Ceph RGW, which ignores or races them; run `doctor` against your own bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function createConditionalIndex(place: IndexPlace): S3Index {
  const { store, prefix, newDeadline } = completePlace(place);
  const quotes = createQuotesOfEtags(store, prefix);
  /** Whether an issued entry has the expected ETag, as far as settled hashes have shown. */
  let etagIsExpected = true;

  return createSettledIndex({
    scope: scopeOf({ strategy: "conditional", bucket: place.bucket, prefix }),
    async register(hash, { expiresAt }) {
      const key = prefix + hash;
      const metadata = { "expires-at": expiresAt.toISOString() };
      const deadline = newDeadline();
      let cause: unknown;
      do {
        try {
          await putEntry(store, { key, body: ISSUED_BODY, metadata, condition: { ifNoneMatch: "*" } }, deadline);
          return { status: "registered" };
        } catch (error) {
          cause = error;
        }
        if (isPermanent(cause)) break;
        const entry = await readEntry(store, key, deadline);
        if (entry.state === "issued") return { status: "registered" };
        if (entry.state === "claimed" || entry.state === "revoked") return { status: "already-registered" };
        if (entry.state === "foreign") return { status: "indeterminate", cause: foreignEntry() };
        if (entry.state === "unreadable" && isPermanent(entry.error)) {
          cause = entry.error;
          break;
        }
      } while (await deadline.pause());
      return { status: "indeterminate", cause };
    },

    async settle(hash, body) {
      const deadline = newDeadline();
      const issued: { etag?: string } = {};
      const ifIssued = async (etag: string, cause: unknown) => {
        // Refused as if the entry had another ETag, though it has this one.
        if (statusOf(cause) === 412 && etag === (issued.etag ?? ISSUED_ETAG)) await quotes.doubt(deadline);
        issued.etag = etag;
        return quotes.ifMatch(etag);
      };
      const key = prefix + hash;
      const entry = { key, body, condition: quotes.ifMatch(ISSUED_ETAG), ifIssued, readFirst: !etagIsExpected };
      const settlement = await settleByConditionalWrite(store, entry, deadline);
      if (settlement.status === "settled" && issued.etag !== undefined) etagIsExpected = issued.etag === ISSUED_ETAG;
      return settlement;
    },

    look: (hash) => lookAt(store, prefix + hash, newDeadline()),
  });
}
