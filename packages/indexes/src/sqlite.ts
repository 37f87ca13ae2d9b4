import { PresignOnceError, type SignatureIndex } from "@presign-once/core";

import type { TimeLimits } from "./deadline.ts";
import { createEntryIndex, type Refusal } from "./entry-index.ts";
import { entryOfRow, sqliteStatements } from "./sqlite-statements.ts";

export { sqliteCleanup, sqliteSchema } from "./sqlite-statements.ts";

/** What the index uses of a connection: `DatabaseSync` of `node:sqlite` and `Database` of `better-sqlite3` have it. */
export interface SqliteDatabase {
  prepare(sql: string): {
    run(...values: (string | number | null)[]): { readonly changes: number | bigint };
    get(...values: (string | number | null)[]): unknown;
  };
  /** Whether a transaction is open: so called by `node:sqlite`, from Node 22.16. */
  readonly isTransaction?: boolean;
  /** The same, by `better-sqlite3`. */
  readonly inTransaction?: boolean;
}

/**
 * Creates an index in a file of SQLite, for any number of processes of one machine: a claim is one `UPDATE`.
 *
 * At most one claim wins: SQLite locks the file for each write. A connection with `PRAGMA synchronous` below `FULL`, which may
 * lose a confirmed claim when the power fails, and one inside a transaction are refused as `INDEX_MISCONFIGURED`. While another
 * process holds the lock, the claim is tried again.
 *
 * Not checked: that the file is on a local disk, since file locks of network file systems may not work; and a file that is set
 * back to an earlier state, in which used URLs are unclaimed: remove what is unclaimed from a restored backup.
 *
 * @param options.database  a connection to a file; `better-sqlite3` sets `synchronous` to `NORMAL` with a write-ahead log: set it
 * @param options.table     default `presign_once`; see {@link sqliteSchema}
 * @param options.limits    of the time; a request of SQLite cannot be given up, so only `totalMs` counts
 * @example
 * const database = new DatabaseSync("index.sqlite");
 * database.exec(sqliteSchema());
 * const index = createSqliteIndex({ database });
 * @see https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function createSqliteIndex(options: {
  readonly database: SqliteDatabase;
  readonly table?: string;
  readonly limits?: TimeLimits;
}): SignatureIndex {
  const { database, table = "presign_once", limits } = options;
  const { create, settle, read } = sqliteStatements(table, "(SELECT synchronous >= 2 FROM pragma_synchronous)");

  function write(sql: string, ...values: (string | number | null)[]): boolean {
    if (database.isTransaction === true || database.inTransaction === true)
      throw new PresignOnceError(
        "INDEX_MISCONFIGURED",
        "the connection is inside a transaction, which may be rolled back",
      );
    return Number(database.prepare(sql).run(...values).changes) > 0;
  }

  return createEntryIndex(
    {
      create: (hash, expiresAt) => write(create, hash, expiresAt.getTime()),
      settle: (hash, by) => write(settle, by, hash),
      read: (hash) => entryOfRow(database.prepare(read).get(hash)),
      refusalOf,
    },
    limits,
  );
}

/** By the primary result code: `errcode` of `node:sqlite`, the name in `code` of `better-sqlite3`. */
function refusalOf(error: unknown): Refusal | undefined {
  const { errcode, code } = (error ?? {}) as { readonly errcode?: unknown; readonly code?: unknown };
  const primary = typeof errcode === "number" ? errcode & 0xff : undefined;
  const name = typeof code === "string" ? /^SQLITE_(BUSY|LOCKED|FULL|ERROR|READONLY)(_|$)/.exec(code)?.[1] : undefined;
  if (primary === 5 || primary === 6 || primary === 13) return "for-now";
  if (name === "BUSY" || name === "LOCKED" || name === "FULL") return "for-now";
  return primary === 1 || primary === 8 || name !== undefined ? "for-good" : undefined;
}
