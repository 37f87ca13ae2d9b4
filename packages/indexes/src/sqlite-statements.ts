import { PresignOnceError } from "@presign-once/core";

import type { Entry } from "./entry-index.ts";
import { checkedTable, entryOf } from "./settled-entry.ts";

const NOW_MS = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

/** The statement that creates the table of an index in SQLite or D1. Run it once. */
export function sqliteSchema(table = "presign_once"): string {
  return `CREATE TABLE IF NOT EXISTS ${checkedTable(table)} (
  hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL,
  claimant TEXT,
  settled_at INTEGER
) WITHOUT ROWID`;
}

/** The statement that removes what is of no use any more; run it daily. A URL without an entry is refused, so it can reopen none. */
export function sqliteCleanup(table = "presign_once"): string {
  return `DELETE FROM ${checkedTable(table)} WHERE expires_at < ${NOW_MS} - 86400000`;
}

/**
 * The three statements of an index.
 *
 * @param durable  an expression: whether what is answered is on disk by then
 */
export function sqliteStatements(table: string, durable: string) {
  const name = checkedTable(table);
  return {
    /** Parameters: hash, time of expiry in milliseconds. */
    create: `INSERT INTO ${name} (hash, expires_at) SELECT ?, ? WHERE ${durable} ON CONFLICT (hash) DO NOTHING`,
    /** Parameters: claimant or null, hash. */
    settle: `UPDATE ${name} SET claimant = ?, settled_at = ${NOW_MS} WHERE hash = ? AND settled_at IS NULL AND ${durable}`,
    /** Parameter: hash. One row, whether there is an entry or not. */
    read: `SELECT ${durable} AS durable, e.hash IS NOT NULL AS found, e.claimant, e.settled_at
      FROM (SELECT ? AS hash) AS wanted LEFT JOIN ${name} AS e ON e.hash = wanted.hash`,
  };
}

/**
 * The entry in the row of the statement `read`.
 *
 * @throws {PresignOnceError} `INDEX_MISCONFIGURED`: it can be claimed, but a claim might be lost
 */
export function entryOfRow(row: unknown): Entry | undefined {
  const { durable, found, claimant, settled_at } = (row ?? {}) as Record<string, unknown>;
  if (found === 1 && settled_at !== null) return entryOf(claimant, settled_at);
  if (durable !== 1)
    throw new PresignOnceError(
      "INDEX_MISCONFIGURED",
      "SQLite would confirm a claim that may be lost: set PRAGMA synchronous = FULL on this connection",
    );
  return found === 1 ? { state: "issued" } : undefined;
}
