/**
 * Knows whether an object was ever stored under a key: what ends the retries of a client.
 *
 * An implementation must hold the laws that `@presign-once/core/testing` exports:
 * - a key under which nothing was ever stored is `never`, whatever stands under keys that begin with it;
 * - a key under which something is stored is `stored`, at once and through every handle;
 * - a key whose object was deleted stays `stored`;
 * - a store that does not answer is `indeterminate`.
 *
 * It never throws for anything that a store may do.
 */
export interface UploadHistory {
  /** @param key  of the object, not percent-encoded */
  wasStored(key: string): Promise<HistoryOutcome>;
}

/** `indeterminate`: nobody knows; refuse. */
export type HistoryOutcome =
  | { readonly status: "never" }
  | { readonly status: "stored" }
  | { readonly status: "indeterminate"; readonly cause: unknown };
