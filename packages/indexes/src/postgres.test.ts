import { randomIds, type SignatureHash } from "@presign-once/core";
import { describe, expect, test } from "vitest";

import { createPostgresIndex } from "./postgres.ts";

// The laws run against real servers, in test/stores. Here a pool answers what a server would.
const hash = "0".repeat(64) as SignatureHash;
const claimant = randomIds.claimant();

/** An index whose statements that write change no row, or fail. */
function indexOn(row: Readonly<Record<string, unknown>>, error?: object) {
  const query = async (text: string) => {
    if (text.startsWith("SELECT")) return { rows: [row] };
    if (error !== undefined) throw Object.assign(new Error("made up"), error);
    return { rows: [] };
  };
  return createPostgresIndex({ pool: { query }, limits: { totalMs: 5 } });
}

const issued = { durable: true, found: true, current: true, claimant: null, at: null };

describe("what a claim finds that has changed no row:", () => {
  test("an entry of another history of the primary is unknown", async () => {
    expect(await indexOn({ ...issued, current: false }).claim(hash, claimant)).toMatchObject({ status: "unknown" });
  });

  test("a server that confirms before it writes to disk is refused for good", async () => {
    const outcome = await indexOn({ ...issued, durable: false }).claim(hash, claimant);
    expect(outcome).toMatchObject({ mayHaveLanded: false, cause: { code: "INDEX_MISCONFIGURED" } });
  });

  test("a settled entry is told whatever the history and the settings of the server", async () => {
    const settled = { ...issued, durable: false, current: false, claimant: randomIds.claimant(), at: "5" };
    expect(await indexOn(settled).claim(hash, claimant)).toMatchObject({ status: "already-claimed" });
  });
});

test.each([
  ["a conflict", { severity: "ERROR", code: "40001" }, false],
  ["a statement whose completion is unknown", { severity: "ERROR", code: "40003" }, true],
  ["a broken connection", { severity: "ERROR", code: "08006" }, true],
  ["a server that shuts down", { severity: "FATAL", code: "57P01" }, true],
  ["a server that starts", { severity: "FATAL", code: "57P03" }, false],
  ["a password that is wrong", { severity: "FATAL", code: "28P01" }, false],
  ["a connection that was refused", { code: "ECONNREFUSED" }, false],
  ["a connection that was reset", { code: "ECONNRESET" }, true],
  ["a table that is missing", { severity: "ERROR", code: "42P01" }, false],
])("%s: whether the claim may have landed", async (_name, error, mayHaveLanded) => {
  expect(await indexOn(issued, error).claim(hash, claimant)).toMatchObject({ status: "indeterminate", mayHaveLanded });
});
