import { describe, expect, test } from "vitest";

import { claimedBy, found, HASH, ISSUED, object, REVOKED, THEM, US } from "../../test/entries.ts";
import { type Answer, answer, BUCKET, cut, reset, type Script, s3Error, startFakeS3 } from "../../test/fake-s3.ts";
import { transports } from "../../test/transports.ts";
import { tries } from "../../test/tries.ts";
import { createSealedIndex } from "./sealed-index.ts";

const KEY = `signatures/claims/${HASH}`;
const written = answer(200, { etag: '"written"' });
const notFound = s3Error(404, "NoSuchKey");

/** What a write that is no plain yes can meet. */
const failures: [name: string, failure: Answer][] = [
  ["412", s3Error(412, "PreconditionFailed")],
  ["409", s3Error(409, "ConditionalRequestConflict")],
  ["503 SlowDown", s3Error(503, "SlowDown")],
  ["500", s3Error(500, "InternalError")],
  ["a reset connection", reset],
  ["an answer cut in its body", cut(200)],
  ["a 404 of the key, which no such write can meet", notFound],
];

describe.each(transports)("through %s,", (_transport, open) => {
  async function scripted(script: Script) {
    const server = await startFakeS3(script);
    const index = createSealedIndex({ s3: open(server.access), bucket: BUCKET, newDeadline: tries(3) });
    return { server, index };
  }

  test("a registration sends no request to S3", async () => {
    const { server, index } = await scripted({});
    expect(await index.register(HASH, { expiresAt: new Date() })).toEqual({ status: "registered" });
    expect(server.requests).toEqual([]);
  });

  test("a claim is one PUT with If-None-Match", async () => {
    const { server, index } = await scripted({ PutObject: [written] });
    expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
    expect(server.requests).toMatchObject([{ operation: "PutObject", bucket: BUCKET, key: KEY, body: claimedBy(US) }]);
    const { headers } = server.requests[0]!;
    expect(headers["if-none-match"]).toBe("*");
    expect(headers).not.toHaveProperty("if-match");
  });

  test("a revocation is one PUT with If-None-Match", async () => {
    const { server, index } = await scripted({ PutObject: [written] });
    expect(await index.revoke(HASH)).toEqual({ status: "revoked" });
    expect(server.requests).toMatchObject([{ key: KEY, body: REVOKED, headers: { "if-none-match": "*" } }]);
  });

  describe.each(failures)("a write that meets %s", (_name, failure) => {
    test.each([
      ["our claim", claimedBy(US), { ...found, status: "claimed" }],
      ["a claim of another claimant", claimedBy(THEM), { status: "already-claimed", owner: THEM }],
      ["revoked", REVOKED, { status: "revoked" }],
    ] as const)("takes its outcome from one GET: %s", async (_says, body, outcome) => {
      const { server, index } = await scripted({ PutObject: [failure], GetObject: [object(body)] });
      expect(await index.claim(HASH, US)).toEqual({ ...outcome, attempts: 1 });
      expect(server.operations).toEqual(["PutObject", "GetObject"]);
    });

    test("is retried under the same condition while there is no entry", async () => {
      const { server, index } = await scripted({ PutObject: [failure, written], GetObject: [notFound] });
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 2 });
      expect(server.requests[2]).toMatchObject({ operation: "PutObject", headers: { "if-none-match": "*" } });
    });

    test.each([
      ["foreign bytes", "not ours"],
      ["bytes of another strategy", ISSUED],
    ])("is undecided if %s are there", async (_what, body) => {
      const { index } = await scripted({ PutObject: [failure], GetObject: [object(body)] });
      expect(await index.claim(HASH, US)).toMatchObject({
        status: "indeterminate",
        cause: { code: "INDEX_UNREADABLE" },
      });
    });
  });

  test("a claim is undecided if its writes are refused and its reads find nothing", async () => {
    const { index } = await scripted({
      PutObject: () => s3Error(412, "PreconditionFailed"),
      GetObject: () => notFound,
    });
    expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 3 });
  });

  test.each([
    ["nothing", notFound, { status: "issued" }],
    ["a claim", object(claimedBy(THEM)), { status: "claimed", claimant: THEM, at: found.found.since }],
    ["a revocation", object(REVOKED), { status: "revoked", at: found.found.since }],
  ] as const)("an inspection that finds %s reports it", async (_what, read, outcome) => {
    const { server, index } = await scripted({ GetObject: [read] });
    expect(await index.inspect(HASH)).toEqual(outcome);
    expect(server.requests).toMatchObject([{ operation: "GetObject", key: KEY }]);
  });

  test("an inspection that is refused is undecided", async () => {
    const { index } = await scripted({ GetObject: [s3Error(403, "AccessDenied")] });
    expect(await index.inspect(HASH)).toMatchObject({
      status: "indeterminate",
      cause: { code: "STORE_REFUSED", cause: { name: "AccessDenied" } },
    });
  });
});
