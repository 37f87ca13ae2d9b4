import { isClaimant, PresignOnceError } from "@presign-once/core";

import type { Entry } from "./entry-index.ts";

/**
 * The entry that a store's fields describe: without `at` it is issued, without `by` it is revoked.
 *
 * @param by  the claimant
 * @param at  when it was settled, in milliseconds since 1970, as a number or its digits
 * @throws {PresignOnceError} `INDEX_UNREADABLE`: presign-once did not write this
 */
export function entryOf(by: unknown, at: unknown): Entry {
  if (at === null || at === undefined) return { state: "issued" };
  const time = new Date(Number(at));
  if (Number.isNaN(time.getTime()) || !(by === null || by === undefined || isClaimant(by)))
    throw new PresignOnceError("INDEX_UNREADABLE", "an entry of the index was not written by presign-once");
  return isClaimant(by) ? { state: "claimed", claimant: by, at: time } : { state: "revoked", at: time };
}

/**
 * Checks the name of a table, which stands in statements as it is.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: it is not one or two names of small letters, digits and underscores
 */
export function checkedTable(table: string): string {
  if (/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(table)) return table;
  throw new PresignOnceError("ARGUMENT_INVALID", "table: expected a name like presign_once or my_schema.presign_once");
}
