/**
 * Knows whether an object was ever stored under a key: what ends the retries of a client.
 *
 * An implementation must hold the laws that `@presign-once/core/testing` exports:
 * - a key under which nothing was ever stored is `never`, whatever stands under keys that begin with it;
 * - a key under which something is stored is `stored`, at once and through every handle, with that object;
 * - a key whose object was deleted stays `stored`, without an object;
 * - a store that does not answer is `indeterminate`.
 *
 * It never throws for anything that a store may do.
 */
export interface UploadHistory {
  /** @param key  of the object, not percent-encoded */
  wasStored(key: string): Promise<HistoryOutcome>;
}

/**
 * - `never`: nothing was ever stored under the key.
 * - `stored`: something was. `object` is there only where the one object that was ever stored under the key, as far as the
 *   history tells, is still there.
 * - `indeterminate`: not known; refuse.
 */
export type HistoryOutcome =
  | { readonly status: "never" }
  | { readonly status: "stored"; readonly object: StoredUpload | undefined }
  | { readonly status: "indeterminate"; readonly cause: unknown };

/** An upload as the store has it. */
export interface StoredUpload {
  /** As in HTTP, with its quotes. */
  readonly etag: string;
  /** Its length; `undefined` if the store does not report it. */
  readonly bytes: number | undefined;
}
