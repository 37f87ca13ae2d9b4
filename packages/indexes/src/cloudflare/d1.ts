import type { SignatureIndex } from "@presign-once/core";

import type { TimeLimits } from "../deadline.ts";
import { createEntryIndex } from "../entry-index.ts";
import { entryOfRow, sqliteStatements } from "../sqlite-statements.ts";

/** What the index uses of a D1 binding. */
export interface D1Binding {
  prepare(sql: string): {
    bind(...values: unknown[]): {
      run(): Promise<{ readonly meta: { readonly changes: number } }>;
      first(): Promise<unknown>;
    };
  };
}

/**
 * Creates an index in a table of Cloudflare D1: a claim is one `UPDATE`.
 *
 * At most one claim wins: a D1 database runs one statement at a time, on its primary.
 *
 * Not checked: a database that Time Travel has set back to an earlier state, in which used URLs are unclaimed: remove what is
 * unclaimed afterwards, `DELETE FROM presign_once WHERE settled_at IS NULL`.
 *
 * @param options.database  the binding itself, no session of it: a session may read from a replica
 * @param options.table     default `presign_once`; see `d1Schema`
 * @param options.limits    of the time
 * @see https://developers.cloudflare.com/d1/worker-api/d1-database/
 */
export function createD1Index(options: {
  readonly database: D1Binding;
  readonly table?: string;
  readonly limits?: TimeLimits;
}): SignatureIndex {
  const { database, table = "presign_once", limits } = options;
  const { create, settle, read } = sqliteStatements(table, "1");
  const write = async (sql: string, ...values: unknown[]): Promise<boolean> =>
    (
      await database
        .prepare(sql)
        .bind(...values)
        .run()
    ).meta.changes > 0;

  return createEntryIndex(
    {
      create: (hash, expiresAt) => write(create, hash, expiresAt.getTime()),
      settle: (hash, by) => write(settle, by, hash),
      read: async (hash) => entryOfRow(await database.prepare(read).bind(hash).first()),
    },
    limits,
  );
}
