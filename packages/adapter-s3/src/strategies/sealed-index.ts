import { settleByConditionalWrite } from "./conditional-write.ts";
import { lookAt } from "./entry-store.ts";
import { completePlace, type IndexPlace } from "./index-place.ts";
import { scopeOf } from "./scope-of.ts";
import { createSettledIndex, type S3Index } from "./settled-index.ts";

/**
 * Creates an index on S3 that is written once in the whole life of a URL: when it is claimed, or revoked.
 *
 * `register` does nothing, since the tag in the URL proves that it was issued; `claim` creates
 * `<prefix>claims/<hash>`, `If-None-Match: *`. S3 lets at most one of any number of such writes through. Whenever the
 * answer is anything but a plain yes, the entry itself is read back, and what it says is the truth.
 *
 * **A hash without an entry is free to be claimed.** So the caller must have verified the URL's tag, as `createClaimer`
 * does; the tag must be bound to this very index (`scope` of `createEdgeKeys`), or a move to an empty bucket would let used
 * URLs pass again; and no entry may be deleted before its URL has expired.
 *
 * Safe only where the server evaluates conditional writes atomically: see `createConditionalIndex`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function createSealedIndex(place: IndexPlace): S3Index {
  const { store, prefix, newDeadline } = completePlace(place);
  const keyOf = (hash: string) => `${prefix}claims/${hash}`;

  return createSettledIndex({
    scope: scopeOf({ strategy: "sealed", bucket: place.bucket, prefix }),
    register: async () => ({ status: "registered" }),

    settle(hash, body) {
      const entry = { key: keyOf(hash), body, condition: { ifNoneMatch: "*" } } as const;
      return settleByConditionalWrite(store, entry, newDeadline());
    },

    async look(hash) {
      const looked = await lookAt(store, keyOf(hash), newDeadline());
      return looked.state === "unknown" ? { state: "issued", at: undefined } : looked;
    },
  });
}
