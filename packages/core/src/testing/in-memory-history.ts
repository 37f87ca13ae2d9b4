import type { UploadHistory } from "../upload-history.ts";

/** Every key under which something was ever stored, in an in-memory history. */
export type InMemoryKeys = Set<string>;

/**
 * Creates a history in memory that holds every law: for unit tests.
 *
 * @param keys  under which something was stored; nothing is ever taken out of it
 * @param fault  `unavailable`: the store does not answer; default: it does
 */
export function createInMemoryHistory(keys: InMemoryKeys = new Set(), fault?: "unavailable"): UploadHistory {
  return {
    async wasStored(key) {
      if (fault !== undefined) return { status: "indeterminate", cause: "simulated fault" };
      return { status: keys.has(key) ? "stored" : "never" };
    },
  };
}
