import { DatabaseSync } from "node:sqlite";

import { createEdgeKeys } from "@presign-once/core";
import { createSqliteIndex, sqliteSchema } from "@presign-once/indexes/sqlite";

/** The index and keys of a relay, on a file of SQLite: what `--index-module` takes, and the relay itself. */
export function openIndex() {
  const database = new DatabaseSync(process.env["INDEX_FILE"] ?? "index.sqlite");
  database.exec(sqliteSchema());
  const secret = Buffer.from(process.env["EDGE_SECRET"] ?? "", "base64url");
  return {
    index: createSqliteIndex({ database }),
    keys: createEdgeKeys([{ id: "k1", secret }]),
    close: () => database.close(),
  };
}
