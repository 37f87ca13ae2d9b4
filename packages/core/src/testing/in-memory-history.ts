import type { StoredUpload, UploadHistory } from "../ports/upload-history.ts";

/** Every key under which something was ever stored, with its object; `undefined` where that is not there any more. */
export type InMemoryUploads = Map<string, StoredUpload | undefined>;

/**
 * Creates a history in memory that holds every law: for unit tests.
 *
 * @param uploads  what was stored; no key is ever taken out of it
 * @param fault    `unavailable`: the store does not answer; default: it does
 */
export function createInMemoryHistory(uploads: InMemoryUploads = new Map(), fault?: "unavailable"): UploadHistory {
  return {
    async wasStored(key) {
      if (fault !== undefined) return { status: "indeterminate", cause: "simulated fault" };
      return uploads.has(key) ? { status: "stored", object: uploads.get(key) } : { status: "never" };
    },
  };
}
