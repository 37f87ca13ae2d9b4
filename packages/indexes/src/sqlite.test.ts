import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { randomIds, type SignatureHash } from "@presign-once/core";
import { indexLaws } from "@presign-once/core/testing";
import { afterAll, describe, expect, test } from "vitest";

import { createSqliteIndex, sqliteCleanup, sqliteSchema } from "./sqlite.ts";

const sqlite = await import("node:sqlite").catch(() => undefined);
if (sqlite === undefined) console.log(`skipped: Node ${process.version} has no node:sqlite`);

const hash = "0".repeat(64) as SignatureHash;
const misconfigured = { status: "indeterminate", mayHaveLanded: false, cause: { code: "INDEX_MISCONFIGURED" } };

describe.skipIf(sqlite === undefined)("an index in a file of SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sqlite-"));
  const opened: { close(): void }[] = [];
  function connect(name = "laws") {
    const database = new sqlite!.DatabaseSync(join(folder, name));
    opened.push(database);
    database.exec(sqliteSchema());
    return database;
  }
  afterAll(async () => {
    for (const database of opened) database.close();
    await rm(folder, { recursive: true, force: true });
  });

  // test/stores has the laws with faults, and the races.
  test.each(indexLaws.filter(({ needsFaults }) => needsFaults === undefined).map((law) => [law.name, law] as const))(
    "%s",
    async (_name, law) => law.check({ open: () => createSqliteIndex({ database: connect() }) }),
  );

  test("a connection that confirms before it writes to disk can neither register nor claim", async () => {
    const database = connect("hasty");
    const index = createSqliteIndex({ database });
    await index.register(hash, { expiresAt: new Date() });
    database.exec("PRAGMA synchronous = NORMAL");
    expect(await index.claim(hash, randomIds.claimant())).toMatchObject(misconfigured);
    expect(await index.register("1".repeat(64) as SignatureHash, { expiresAt: new Date() })).toMatchObject({
      status: "indeterminate",
    });
    database.exec("PRAGMA synchronous = FULL");
    expect((await index.claim(hash, randomIds.claimant())).status).toBe("claimed");
  });

  test("a connection inside a transaction is refused: what it claims may be rolled back", async () => {
    const database = connect("transaction");
    const index = createSqliteIndex({ database });
    await index.register(hash, { expiresAt: new Date() });
    database.exec("BEGIN");
    expect(await index.claim(hash, randomIds.claimant())).toMatchObject(misconfigured);
    database.exec("ROLLBACK");
    expect((await index.claim(hash, randomIds.claimant())).status).toBe("claimed");
  });

  test("a missing table is refused for good", async () => {
    const index = createSqliteIndex({ database: connect(), table: "missing" });
    expect(await index.claim(hash, randomIds.claimant())).toMatchObject({
      status: "indeterminate",
      mayHaveLanded: false,
      cause: { code: "STORE_REFUSED" },
    });
  });

  test("a table's name cannot be a statement", () => {
    expect(() => sqliteSchema("x; DROP TABLE y")).toThrow("table: expected a name");
    expect(() => createSqliteIndex({ database: connect(), table: "x y" })).toThrow("table: expected a name");
  });

  test("the cleanup removes an entry a day after its URL has ended, and no earlier", async () => {
    const database = connect("cleanup");
    const index = createSqliteIndex({ database });
    const hours = (count: number) => ({ expiresAt: new Date(Date.now() + count * 3_600_000) });
    const ended = "1".repeat(64) as SignatureHash;
    await index.register(hash, hours(-25));
    await index.register(ended, hours(-23));
    database.exec(sqliteCleanup());
    expect(await index.inspect(hash)).toEqual({ status: "unknown" });
    expect(await index.inspect(ended)).toEqual({ status: "issued" });
  });

  test("an entry that presign-once did not write is undecided, for good", async () => {
    const database = connect("foreign");
    database.exec(`INSERT INTO presign_once VALUES ('${hash}', 0, 'someone', 1)`);
    const outcome = await createSqliteIndex({ database }).claim(hash, randomIds.claimant());
    expect(outcome).toMatchObject({ ...misconfigured, cause: { code: "INDEX_UNREADABLE" } });
  });
});

test.each([
  ["node:sqlite: locked while another process recovers the log", { errcode: 5 | (1 << 8) }, false],
  ["node:sqlite: an error of the disk", { errcode: 10 }, true],
  ["better-sqlite3: locked by a snapshot", { code: "SQLITE_BUSY_SNAPSHOT" }, false],
  ["better-sqlite3: an error of the disk", { code: "SQLITE_IOERR_WRITE" }, true],
])("%s: whether the claim may have landed", async (_name, error, mayHaveLanded) => {
  const run = () => {
    throw Object.assign(new Error("made up"), error);
  };
  const get = () => ({ durable: 1, found: 1, claimant: null, settled_at: null });
  const index = createSqliteIndex({ database: { prepare: () => ({ run, get }) }, limits: { totalMs: 5 } });
  expect(await index.claim(hash, randomIds.claimant())).toMatchObject({ status: "indeterminate", mayHaveLanded });
});
