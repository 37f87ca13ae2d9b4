import { PresignOnceError, type SignatureIndex } from "@presign-once/core";

import type { TimeLimits } from "./deadline.ts";
import { createEntryIndex, type Refusal } from "./entry-index.ts";
import { checkedTable, entryOf } from "./settled-entry.ts";

/** What the index uses of a client: `Pool` of `pg` has it. */
export interface PostgresPool {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** The statement that creates the table, and its index for {@link postgresCleanup}. Run it once, as the owner. */
export function postgresSchema(table = "presign_once"): string {
  const name = checkedTable(table);
  return `CREATE TABLE IF NOT EXISTS ${name} (
  hash text PRIMARY KEY,
  era text NOT NULL,
  expires_at timestamptz NOT NULL,
  claimant text,
  settled_at timestamptz
);
CREATE INDEX IF NOT EXISTS ${name.replace(".", "_")}_expires_at ON ${name} (expires_at);`;
}

/** The statement that removes what is of no use any more; run it daily. A URL without an entry is refused, so it can reopen none. */
export function postgresCleanup(table = "presign_once"): string {
  return `DELETE FROM ${checkedTable(table)} WHERE expires_at < now() - interval '1 day'`;
}

/** Names the unbroken history of one primary: a promoted standby and a restored backup begin another timeline. */
const ERA = `(SELECT system_identifier::text FROM pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)`;

/** Whether what is answered is on disk by then, and is not part of a transaction that may be rolled back. */
const DURABLE = `(current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AND pg_current_xact_id_if_assigned() IS NULL)`;

/**
 * Creates an index in a table of PostgreSQL 13 or newer: a claim is one `UPDATE`, one round trip.
 *
 * At most one claim wins: the row is locked, and a second `UPDATE` sees what the first has written. An entry can be claimed only
 * in the history of the primary on which it was registered: after a failover or a restored backup, which may have lost claims,
 * what was unclaimed is `unknown`. A server that confirms before it writes to disk is refused as `INDEX_MISCONFIGURED`.
 *
 * Not checked: a disk or a snapshot that is set back to an earlier state and started as it is.
 *
 * @param options.pool    connected to the primary. A pool, not a client: a claim must not be part of a transaction of yours
 * @param options.table   default `presign_once`; see {@link postgresSchema}
 * @param options.limits  of the time
 * @example
 * const index = createPostgresIndex({ pool: new Pool() });
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 */
export function createPostgresIndex(options: {
  readonly pool: PostgresPool;
  readonly table?: string;
  readonly limits?: TimeLimits;
}): SignatureIndex {
  const { pool, limits } = options;
  const table = checkedTable(options.table ?? "presign_once");
  const create = `INSERT INTO ${table} (hash, era, expires_at) SELECT $1::text, ${ERA}, $2::timestamptz WHERE ${DURABLE}
    ON CONFLICT (hash) DO NOTHING RETURNING hash`;
  const settle = `UPDATE ${table} SET claimant = $2, settled_at = clock_timestamp()
    WHERE hash = $1 AND settled_at IS NULL AND era = ${ERA} AND ${DURABLE} RETURNING hash`;
  const read = `SELECT ${DURABLE} AS durable, e.hash IS NOT NULL AS found, e.era = ${ERA} AS current, e.claimant,
      (extract(epoch FROM e.settled_at) * 1000)::bigint::text AS at
    FROM (SELECT $1::text AS hash) AS wanted LEFT JOIN ${table} AS e ON e.hash = wanted.hash`;

  return createEntryIndex(
    {
      create: async (hash, expiresAt) => (await pool.query(create, [hash, expiresAt.toISOString()])).rows.length > 0,
      settle: async (hash, by) => (await pool.query(settle, [hash, by])).rows.length > 0,
      async read(hash) {
        const { rows } = await pool.query(read, [hash]);
        const { durable, found, current, claimant, at } = (rows[0] ?? {}) as Record<string, unknown>;
        if (found === true && typeof at === "string") return entryOf(claimant, at);
        if (durable !== true)
          throw new PresignOnceError(
            "INDEX_MISCONFIGURED",
            "PostgreSQL would confirm a claim that may be lost: fsync or synchronous_commit is off, or the client is inside a transaction",
          );
        return found === true && current === true ? { state: "issued" } : undefined;
      },
      refusalOf,
    },
    limits,
  );
}

/** A statement that failed with an error of the server has no effect. Not so one that a dying connection ends. */
function refusalOf(error: unknown): Refusal | undefined {
  const { code, severity } = (error ?? {}) as { readonly code?: unknown; readonly severity?: unknown };
  if (code === "ECONNREFUSED" || code === "ENOTFOUND") return "for-now";
  if (typeof code !== "string") return undefined;
  // The rest of class 42 is wrong statements: a table or a right that is missing.
  if (severity === "ERROR" && !/^(08|40003)/.test(code)) return /^42/.test(code) ? "for-good" : "for-now";
  if (severity === "FATAL" && /^(28|3D)/.test(code)) return "for-good"; // no connection was made
  return severity === "FATAL" && /^(57P03|53300)$/.test(code) ? "for-now" : undefined;
}
