import { describe, expect, test } from "vitest";

import { claimedBy, HASH, ISSUED, md5, object, US } from "../../test/entries.ts";
import { answer, BUCKET, type FakeS3, s3Error, startFakeS3 } from "../../test/fake-s3.ts";
import { transports } from "../../test/transports.ts";
import { tries } from "../../test/tries.ts";
import { createConditionalIndex } from "./conditional-index.ts";

const KEY = `signatures/${HASH}`;
const MISSED = s3Error(412, "PreconditionFailed");

/** How a store reads a condition that is not in quotes, and one that is. */
interface Reading {
  readonly quoted: "evaluated" | "missed";
  readonly unquoted: "evaluated" | "ignored" | "missed" | "unavailable";
}

/** A store with one issued entry that reads conditions like this; it holds what was written. */
function storeThatReads({ quoted, unquoted }: Reading) {
  const objects = new Map([[KEY, ISSUED]]);
  const script = {
    PutObject: ({ key, headers, body }: FakeS3["requests"][number]) => {
      const ifMatch = headers["if-match"];
      const now = objects.get(key);
      if (typeof ifMatch === "string") {
        const reading = ifMatch.startsWith('"') ? quoted : unquoted;
        if (reading === "unavailable") return s3Error(503, "SlowDown");
        const matches = now !== undefined && ifMatch.replaceAll('"', "") === md5(now).replaceAll('"', "");
        if (reading === "missed" || (reading === "evaluated" && !matches)) return MISSED;
      }
      objects.set(key, body);
      return answer(200, { etag: md5(body) });
    },
    GetObject: ({ key }: FakeS3["requests"][number]) => object(objects.get(key) ?? "", md5(objects.get(key) ?? "")),
  };
  return { objects, script };
}

const conditionsOf = (server: FakeS3, ofEntry: boolean, after = 0) =>
  server.requests
    .slice(after)
    .filter(({ operation, key }) => operation === "PutObject" && (key === KEY) === ofEntry)
    .map(({ headers }) => headers["if-match"]);

describe.each(transports)("through %s,", (_transport, open) => {
  async function start(reading: Reading) {
    const { objects, script } = storeThatReads(reading);
    const server = await startFakeS3(script);
    const index = createConditionalIndex({ s3: open(server.access), bucket: BUCKET, newDeadline: tries(3) });
    return { server, index, objects };
  }

  test("a store that reads ETags only without quotes is found out once, and claims are won there", async () => {
    const { server, index, objects } = await start({ quoted: "missed", unquoted: "evaluated" });
    expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 2 });
    const bare = md5(ISSUED).slice(1, -1);
    expect(conditionsOf(server, true)).toEqual([md5(ISSUED), bare]);
    expect(conditionsOf(server, false)).toEqual([undefined, expect.stringMatching(/^[0-9a-f]{32}$/), bare]);

    objects.set(KEY, ISSUED);
    const before = server.requests.length;
    expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
    expect(conditionsOf(server, true, before)).toEqual([bare]);
    expect(conditionsOf(server, false, before)).toEqual([]);
  });

  test("the object on which it is tried is in the folder of the index, and no entry", async () => {
    const { server, index } = await start({ quoted: "missed", unquoted: "evaluated" });
    await index.claim(HASH, US);
    const tried = server.requests.filter(({ operation, key }) => operation === "PutObject" && key !== KEY);
    expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
    expect(tried[0]?.key).toMatch(/^signatures\/quotes-[0-9a-f-]{36}$/);
    expect(tried.map(({ body }) => body)).not.toContain(claimedBy(US));
  });

  test.each<[Reading["unquoted"], tried: number]>([
    ["ignored", 2],
    ["missed", 3],
  ])("on a store where a bare ETag is %s no claim is won, and it is tried once", async (unquoted, tried) => {
    const { server, index, objects } = await start({ quoted: "missed", unquoted });
    for (let i = 0; i < 2; i++)
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 3 });
    expect(objects.get(KEY)).toBe(ISSUED);
    expect(conditionsOf(server, true)).toEqual(Array(6).fill(md5(ISSUED)));
    expect(conditionsOf(server, false)).toHaveLength(tried);
  });

  test("without a certain answer the quotes stay, and it is tried again", async () => {
    const { server, index } = await start({ quoted: "missed", unquoted: "unavailable" });
    expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false });
    expect(conditionsOf(server, true)).toEqual(Array(3).fill(md5(ISSUED)));
    expect(conditionsOf(server, false).length).toBeGreaterThan(2);
  });

  test("a store that reads quotes is never asked", async () => {
    const { server, index } = await start({ quoted: "evaluated", unquoted: "ignored" });
    expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
    expect(await index.revoke(HASH)).toMatchObject({ status: "already-claimed" });
    expect(conditionsOf(server, false)).toEqual([]);
  });

  test("a miss of an entry with another ETag, as under SSE-KMS, is no reason to ask", async () => {
    const other = '"0123456789abcdef0123456789abcdef"';
    const server = await startFakeS3({
      PutObject: ({ headers }) => (headers["if-match"] === other ? answer(200, { etag: '"written"' }) : MISSED),
      GetObject: () => object(ISSUED, other),
    });
    const index = createConditionalIndex({ s3: open(server.access), bucket: BUCKET, newDeadline: tries(3) });
    expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 2 });
    expect(conditionsOf(server, false)).toEqual([]);
  });
});
