import { indexLaws } from "@presign-once/core/testing";
import { afterAll, describe, test } from "vitest";

import { sqliteSchema } from "../sqlite-statements.ts";
import { createD1Index, type D1Binding } from "./d1.ts";

const sqlite = await import("node:sqlite").catch(() => undefined);
if (sqlite === undefined) console.log(`skipped: Node ${process.version} has no node:sqlite`);

// The laws with faults, and the races, run against the real thing, in test/stores.
describe.skipIf(sqlite === undefined)("an index in D1, which is SQLite behind a binding", () => {
  const database = sqlite === undefined ? undefined! : new sqlite.DatabaseSync(":memory:");
  database?.exec(sqliteSchema());
  afterAll(() => database.close());
  const binding: D1Binding = {
    prepare: (sql) => ({
      bind: (...values) => ({
        run: async () => ({ meta: { changes: Number(database.prepare(sql).run(...(values as string[])).changes) } }),
        first: async () => database.prepare(sql).get(...(values as string[])) ?? null,
      }),
    }),
  };
  test.each(indexLaws.filter(({ needsFaults }) => needsFaults === undefined).map((law) => [law.name, law] as const))(
    "%s",
    async (_name, law) => law.check({ open: () => createD1Index({ database: binding }) }),
  );
});
