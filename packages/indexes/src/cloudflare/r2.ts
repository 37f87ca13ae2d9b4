import { PresignOnceError, type SignatureIndex } from "@presign-once/core";

import type { TimeLimits } from "../deadline.ts";
import { createEntryIndex, type Entry } from "../entry-index.ts";
import { entryOf } from "../settled-entry.ts";

/** What the index uses of an R2 binding. */
export interface R2Binding {
  get(key: string): Promise<{ readonly etag: string; readonly uploaded: Date; text(): Promise<string> } | null>;
  put(
    key: string,
    body: string,
    options: {
      readonly onlyIf: { readonly etagMatches: string } | { readonly etagDoesNotMatch: string };
      readonly customMetadata?: Record<string, string>;
    },
  ): Promise<unknown>;
}

const ISSUED = '{"presign-once":"issued"}';
const REVOKED = '{"presign-once":"revoked"}';

/**
 * Creates an index in a bucket of Cloudflare R2, by its binding: a claim is one `get` and one `put` with `onlyIf`.
 *
 * At most one claim wins: R2 replaces the issued entry only if it still has the ETag that was read. The entries are those of the
 * strategy `conditional` of `@presign-once/adapter-s3`.
 *
 * An object lifecycle rule removes entries: set it to a day more than the longest life of a URL. A URL without an entry is
 * refused, so a rule that is too short reopens none.
 *
 * @param options.bucket  the binding
 * @param options.prefix  of the keys; default `signatures/`
 * @param options.limits  of the time
 * @see https://developers.cloudflare.com/r2/api/workers/workers-api-reference/#conditional-operations
 */
export function createR2Index(options: {
  readonly bucket: R2Binding;
  readonly prefix?: string;
  readonly limits?: TimeLimits;
}): SignatureIndex {
  const { bucket, prefix = "signatures/", limits } = options;

  async function look(hash: string): Promise<{ etag: string; entry: Entry } | undefined> {
    const object = await bucket.get(prefix + hash);
    return object === null ? undefined : { etag: object.etag, entry: parse(await object.text(), object.uploaded) };
  }

  return createEntryIndex(
    {
      async create(hash, expiresAt) {
        const customMetadata = { "expires-at": expiresAt.toISOString() };
        return (
          (await bucket.put(prefix + hash, ISSUED, { onlyIf: { etagDoesNotMatch: "*" }, customMetadata })) !== null
        );
      },
      async settle(hash, by) {
        const looked = await look(hash);
        if (looked?.entry.state !== "issued") return false;
        const body = by === null ? REVOKED : JSON.stringify({ "presign-once": "claimed", claimant: by });
        return (await bucket.put(prefix + hash, body, { onlyIf: { etagMatches: looked.etag } })) !== null;
      },
      read: async (hash) => (await look(hash))?.entry,
    },
    limits,
  );
}

function parse(body: string, uploaded: Date): Entry {
  if (body === ISSUED) return { state: "issued" };
  if (body === REVOKED) return entryOf(null, uploaded.getTime());
  const claimant = /^\{"presign-once":"claimed","claimant":"([0-9a-f]{32})"\}$/.exec(body)?.[1];
  if (claimant === undefined)
    throw new PresignOnceError("INDEX_UNREADABLE", "an entry of the index was not written by presign-once");
  return entryOf(claimant, uploaded.getTime());
}
