import { describe, expect, test } from "vitest";

import { claimedBy, found, HASH, ISSUED, md5, object, REVOKED, THEM, US } from "../../test/entries.ts";
import {
  accessTo,
  type Answer,
  answer,
  BUCKET,
  cut,
  type FakeS3,
  nonsense,
  reset,
  type Script,
  s3Error,
  silence,
  startFakeS3,
  trickle,
} from "../../test/fake-s3.ts";
import { refusedEndpoint } from "../../test/refused-endpoint.ts";
import { transports } from "../../test/transports.ts";
import { tries } from "../../test/tries.ts";
import { createConditionalIndex } from "./conditional-index.ts";

const KEY = `signatures/${HASH}`;
const EXPIRES_AT = new Date("2026-01-02T03:04:05Z");

type Options = Partial<Parameters<typeof createConditionalIndex>[0]>;

const claimed = answer(200, { etag: '"written"' });
const notFound = s3Error(404, "NoSuchKey");
const foreign = { cause: expect.objectContaining({ code: "INDEX_UNREADABLE" }) };

/** What a write that is no plain yes can meet, and whether it may have landed. */
const failures: [name: string, failure: Answer, mayHaveLanded: boolean][] = [
  ["412", s3Error(412, "PreconditionFailed"), false],
  ["409", s3Error(409, "ConditionalRequestConflict"), false],
  ["503 SlowDown", s3Error(503, "SlowDown"), false],
  ["503 without a code of S3", answer(503), true],
  ["500", s3Error(500, "InternalError"), true],
  ["a reset connection", reset, true],
  ["an answer cut in its body", cut(200), true],
  ["an answer that is no HTTP", nonsense, true],
];

const issuedAgain = object(ISSUED, '"etag of this very answer"');
const requestsOf = (server: FakeS3, operation: string) =>
  server.requests.filter((request) => request.operation === operation);

describe.each(transports)("through %s,", (_transport, open) => {
  /** An index on a server that answers by a script. */
  async function scripted(script: Script, options: Options = {}) {
    const server = await startFakeS3(script);
    const newDeadline = tries(3);
    const index = createConditionalIndex({ s3: open(server.access), bucket: BUCKET, newDeadline, ...options });
    return { server, index };
  }

  describe("a claim", () => {
    test("is one PUT with the ETag of the issued entry, without faults", async () => {
      const { server, index } = await scripted({ PutObject: [claimed] });
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
      expect(server.requests).toMatchObject([
        { operation: "PutObject", bucket: BUCKET, key: KEY, body: claimedBy(US) },
      ]);
      const { headers } = server.requests[0]!;
      expect(headers["if-match"]).toBe(md5(ISSUED));
      expect(headers).not.toHaveProperty("if-none-match");
      expect(headers).not.toHaveProperty("expect"); // a wait for 100-continue would be a second round trip
    });

    test("uses the given prefix", async () => {
      const { server, index } = await scripted({ PutObject: [claimed] }, { prefix: "else/where/" });
      await index.claim(HASH, US);
      expect(server.requests[0]!.key).toBe(`else/where/${HASH}`);
    });

    test("of an unissued hash is unknown, from the answer to the write alone", async () => {
      const { server, index } = await scripted({ PutObject: [notFound] });
      expect(await index.claim(HASH, US)).toEqual({ status: "unknown", attempts: 1 });
      expect(server.operations).toEqual(["PutObject"]);
    });

    describe.each(failures)("whose write meets %s", (_name, failure, mayHaveLanded) => {
      test("is won if a GET reads our claimant", async () => {
        const { server, index } = await scripted({ PutObject: [failure], GetObject: [object(claimedBy(US))] });
        expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 1 });
        expect(server.operations).toEqual(["PutObject", "GetObject"]);
      });

      test("is lost if that GET reads another claimant", async () => {
        const { server, index } = await scripted({ PutObject: [failure], GetObject: [object(claimedBy(THEM))] });
        expect(await index.claim(HASH, US)).toEqual({ status: "already-claimed", owner: THEM, attempts: 1 });
        expect(server.operations).toEqual(["PutObject", "GetObject"]);
      });

      test("is unknown if the entry is gone", async () => {
        const { server, index } = await scripted({ PutObject: [failure], GetObject: [notFound] });
        expect(await index.claim(HASH, US)).toEqual({ status: "unknown", attempts: 1 });
        expect(server.operations).toEqual(["PutObject", "GetObject"]);
      });

      test("is retried with the ETag of the GET that still read the issued entry", async () => {
        const { server, index } = await scripted({ PutObject: [failure, claimed], GetObject: [issuedAgain] });
        expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 2 });
        expect(server.operations).toEqual(["PutObject", "GetObject", "PutObject"]);
        expect(server.requests[2]).toMatchObject({
          body: claimedBy(US),
          headers: { "if-match": '"etag of this very answer"' },
        });
      });

      test("is undecided if the entry has foreign bytes", async () => {
        const { index } = await scripted({ PutObject: [failure], GetObject: [object("not ours")] });
        const outcome = await index.claim(HASH, US);
        expect(outcome).toMatchObject({ status: "indeterminate", mayHaveLanded, attempts: 1, ...foreign });
      });
    });

    test.each([
      ["a claim in capital letters", claimedBy(US).toUpperCase()],
      ["a claimant of another length", claimedBy(US).replace("11", "1")],
      ["an issued entry with a line end", `${ISSUED}\n`],
      ["nothing", ""],
      ["more than any entry", " ".repeat(1_025)],
    ])("is undecided if the entry holds %s", async (_name, body) => {
      const { index } = await scripted({ PutObject: [s3Error(412, "PreconditionFailed")], GetObject: [object(body)] });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, ...foreign });
    });

    test("does not read an object that is too large, and closes its connection", async () => {
      const large = object("x".repeat(5_000_000));
      const { server, index } = await scripted({ PutObject: [s3Error(412, "PreconditionFailed")], GetObject: [large] });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, ...foreign });
      await expect.poll(() => server.openConnections).toBe(0);
    });

    test.each([
      ["refused", s3Error(503, "SlowDown")],
      ["cut", cut(200, { etag: md5(ISSUED) })],
      ["without an ETag", answer(200, {}, ISSUED)],
      ["with an empty ETag", answer(200, { etag: "" }, ISSUED)],
      ["404 for the whole bucket", s3Error(404, "NoSuchBucket")],
      ["404 without a code", answer(404, { "content-type": "text/html" }, "<html>not found")],
    ])("reads back again if the first answer is %s", async (_name, unreadable) => {
      const { server, index } = await scripted({
        PutObject: [reset, s3Error(412, "PreconditionFailed")],
        GetObject: [unreadable, object(claimedBy(US))],
      });
      expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 2 });
      expect(server.operations).toEqual(["PutObject", "GetObject", "PutObject", "GetObject"]);
      const conditions = requestsOf(server, "PutObject").map(({ headers }) => headers["if-match"]);
      expect(conditions).toEqual([md5(ISSUED), md5(ISSUED)]); // a write without one would always win
    });

    test("whose entry may not be read is refused at once, unless a write may have landed", async () => {
      const denied = s3Error(403, "AccessDenied");
      const refused = { status: "indeterminate", cause: { code: "STORE_REFUSED" } };
      const first = await scripted({ PutObject: [s3Error(412, "PreconditionFailed")], GetObject: [denied] });
      expect(await first.index.claim(HASH, US)).toMatchObject({ ...refused, mayHaveLanded: false, attempts: 1 });
      expect(first.server.operations).toEqual(["PutObject", "GetObject"]);
      const second = await scripted({ PutObject: [reset, denied], GetObject: [denied] });
      expect(await second.index.claim(HASH, US)).toMatchObject({ ...refused, mayHaveLanded: true, attempts: 2 });
    });

    test("with a lost answer after the write is won", async () => {
      let entry = object(ISSUED);
      const { index } = await scripted({
        PutObject: ({ body }) => {
          entry = object(body);
          return reset;
        },
        GetObject: () => entry,
      });
      expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 1 });
    });
  });

  describe("a claim that stays undecided", () => {
    const everything = (said: Answer): Script => ({ PutObject: () => said, GetObject: () => said });

    test("under repeated 503 SlowDown has written nothing", async () => {
      const { server, index } = await scripted(everything(s3Error(503, "SlowDown")));
      expect(await index.claim(HASH, US)).toMatchObject({
        status: "indeterminate",
        mayHaveLanded: false,
        attempts: 3,
        cause: { name: "SlowDown" },
      });
      expect(requestsOf(server, "PutObject")).toHaveLength(3);
    });

    test("under repeated 409 with an unchanged entry has written nothing", async () => {
      const conflict = s3Error(409, "ConditionalRequestConflict");
      const { index } = await scripted({ PutObject: () => conflict, GetObject: () => object(ISSUED) });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 3 });
    });

    test("under repeated 500 may have written", async () => {
      const { index } = await scripted(everything(s3Error(500, "InternalError")));
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: true, attempts: 3 });
    });

    test("after one timeout among 503s may have written", async () => {
      const slowDown = s3Error(503, "SlowDown");
      const script: Script = { PutObject: [slowDown, silence, slowDown, slowDown], GetObject: () => slowDown };
      const { index } = await scripted(script, { newDeadline: tries(4, 500) });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: true, attempts: 4 });
    });

    test("without a connection has written nothing", async () => {
      const s3 = open(accessTo(await refusedEndpoint()));
      const index = createConditionalIndex({ s3, bucket: BUCKET, newDeadline: tries(2) });
      expect(await index.claim(HASH, US)).toMatchObject({
        status: "indeterminate",
        mayHaveLanded: false,
        attempts: 2,
        cause: { code: "ECONNREFUSED" },
      });
    });

    test.each([
      ["403", s3Error(403, "AccessDenied")],
      ["404 NoSuchBucket", s3Error(404, "NoSuchBucket")],
      ["301 PermanentRedirect", s3Error(301, "PermanentRedirect")],
      ["400", s3Error(400, "InvalidRequest")],
    ])("because of %s has written nothing, and is not retried", async (_name, refusal) => {
      const { server, index } = await scripted({ PutObject: [refusal] });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 1 });
      expect(server.operations).toEqual(["PutObject"]);
    });

    test("may have written if it was refused only after a reset", async () => {
      const { index } = await scripted({
        PutObject: [reset, s3Error(403, "AccessDenied")],
        GetObject: [object(ISSUED)],
      });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: true, attempts: 2 });
    });
  });

  describe("the time of a claim is bounded", () => {
    test.each<[string, Script, mayHaveLanded: boolean, requestMs: number]>([
      ["a silent server", { PutObject: () => silence, GetObject: () => silence }, true, 100],
      [
        "answers that trickle",
        {
          PutObject: () => trickle(100, 500, {}, "<Error><Code>InternalError</Code></Error>"),
          GetObject: () => trickle(100, 200, { etag: md5(ISSUED) }, ISSUED),
        },
        true,
        100,
      ],
      ["503s", { PutObject: () => s3Error(503, "SlowDown"), GetObject: () => s3Error(503, "SlowDown") }, false, 10_000],
    ])("under %s", async (_name, script, mayHaveLanded, requestMs) => {
      const { index } = await scripted(script, { newDeadline: tries(2, requestMs) });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded });
    });

    test("and a write without an answer in its own time is read back", async () => {
      const script = { PutObject: [silence], GetObject: [object(claimedBy(US))] };
      const { index } = await scripted(script, { newDeadline: tries(1, 400) });
      expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 1 });
    });

    test("and an abandoned request leaves no connection open", async () => {
      const script: Script = {
        PutObject: () => trickle(200, 200, {}, " ".repeat(100)),
        GetObject: () => trickle(200, 200, { etag: md5(ISSUED) }, ISSUED),
      };
      const { server, index } = await scripted(script, { newDeadline: tries(2, 100) });
      await index.claim(HASH, US);
      await expect.poll(() => server.openConnections).toBe(0);
    });
  });

  describe("a registration", () => {
    const register = ({ index }: Awaited<ReturnType<typeof scripted>>) =>
      index.register(HASH, { expiresAt: EXPIRES_AT });

    test("is one PUT of a constant with If-None-Match, with the expiry in the metadata", async () => {
      const { server, index } = await scripted({ PutObject: [claimed] });
      expect(await register({ server, index })).toEqual({ status: "registered" });
      expect(server.requests).toMatchObject([{ operation: "PutObject", bucket: BUCKET, key: KEY, body: ISSUED }]);
      const { headers } = server.requests[0]!;
      expect(headers["if-none-match"]).toBe("*");
      expect(headers["x-amz-meta-expires-at"]).toBe("2026-01-02T03:04:05.000Z");
      expect(headers).not.toHaveProperty("if-match");
    });

    describe.each(failures)("whose write meets %s", (_name, failure) => {
      test("succeeds if one GET reads an unclaimed entry, its own", async () => {
        const { server, index } = await scripted({ PutObject: [failure], GetObject: [object(ISSUED)] });
        expect(await register({ server, index })).toEqual({ status: "registered" });
        expect(server.operations).toEqual(["PutObject", "GetObject"]);
      });

      test("fails if the entry was claimed", async () => {
        const { server, index } = await scripted({ PutObject: [failure], GetObject: [object(claimedBy(THEM))] });
        expect(await register({ server, index })).toEqual({ status: "already-registered" });
      });

      test("is retried if there is no entry", async () => {
        const { server, index } = await scripted({ PutObject: [failure, claimed], GetObject: [notFound] });
        expect(await register({ server, index })).toEqual({ status: "registered" });
        expect(server.operations).toEqual(["PutObject", "GetObject", "PutObject"]);
        expect(server.requests[2]!.headers["if-none-match"]).toBe("*");
      });

      test("is retried if the entry cannot be read", async () => {
        const { server, index } = await scripted({
          PutObject: [failure, claimed],
          GetObject: [cut(200, { etag: '"x"' })],
        });
        expect(await register({ server, index })).toEqual({ status: "registered" });
      });

      test("is undecided if the entry has foreign bytes", async () => {
        const { server, index } = await scripted({ PutObject: [failure], GetObject: [object("not ours")] });
        expect(await register({ server, index })).toMatchObject({ status: "indeterminate", ...foreign });
      });
    });

    test("is undecided under repeated 503, after the maximum of attempts", async () => {
      const slowDown = s3Error(503, "SlowDown");
      const { server, index } = await scripted({ PutObject: () => slowDown, GetObject: () => slowDown });
      expect(await register({ server, index })).toMatchObject({ status: "indeterminate", cause: { name: "SlowDown" } });
      expect(requestsOf(server, "PutObject")).toHaveLength(3);
    });

    test("that is refused is not retried", async () => {
      const { server, index } = await scripted({ PutObject: [s3Error(403, "AccessDenied")] });
      expect(await register({ server, index })).toMatchObject({
        status: "indeterminate",
        cause: { code: "STORE_REFUSED", cause: { name: "AccessDenied" } },
      });
    });

    test("whose entry may not be read is refused at once", async () => {
      const script = { PutObject: [s3Error(503, "SlowDown")], GetObject: [s3Error(403, "AccessDenied")] };
      const { server, index } = await scripted(script);
      expect(await register({ server, index })).toMatchObject({
        status: "indeterminate",
        cause: { code: "STORE_REFUSED" },
      });
      expect(server.operations).toEqual(["PutObject", "GetObject"]);
    });

    test("ends after the maximum of attempts", async () => {
      const script = { PutObject: () => silence, GetObject: () => silence };
      const { server, index } = await scripted(script, { newDeadline: tries(2, 100) });
      expect(await register({ server, index })).toMatchObject({ status: "indeterminate" });
    });
  });

  test("a claim of a revoked hash reports revoked", async () => {
    const { index } = await scripted({ PutObject: [s3Error(412, "PreconditionFailed")], GetObject: [object(REVOKED)] });
    expect(await index.claim(HASH, US)).toEqual({ status: "revoked", attempts: 1 });
  });

  test("a registration of a revoked hash fails", async () => {
    const { index } = await scripted({ PutObject: [s3Error(412, "PreconditionFailed")], GetObject: [object(REVOKED)] });
    expect(await index.register(HASH, { expiresAt: EXPIRES_AT })).toEqual({ status: "already-registered" });
  });

  describe("a revocation", () => {
    test("is one PUT of a constant with the ETag of the issued entry", async () => {
      const { server, index } = await scripted({ PutObject: [claimed] });
      expect(await index.revoke(HASH)).toEqual({ status: "revoked" });
      expect(server.requests).toMatchObject([{ operation: "PutObject", bucket: BUCKET, key: KEY, body: REVOKED }]);
      expect(server.requests[0]!.headers["if-match"]).toBe(md5(ISSUED));
    });

    test("of an unissued hash is unknown", async () => {
      const { index } = await scripted({ PutObject: [notFound] });
      expect(await index.revoke(HASH)).toEqual({ status: "unknown" });
    });

    describe.each(failures)("whose write meets %s", (_name, failure) => {
      test.each([
        ["is revoked", REVOKED, { status: "revoked" }],
        ["names a claimant", claimedBy(THEM), { status: "already-claimed" }],
      ] as const)("takes its outcome from the entry if it %s", async (_says, body, outcome) => {
        const { server, index } = await scripted({ PutObject: [failure], GetObject: [object(body)] });
        expect(await index.revoke(HASH)).toEqual(outcome);
        expect(server.operations).toEqual(["PutObject", "GetObject"]);
      });

      test("is retried while the entry is as issued", async () => {
        const { index } = await scripted({ PutObject: [failure, claimed], GetObject: [issuedAgain] });
        expect(await index.revoke(HASH)).toEqual({ status: "revoked" });
      });
    });

    test("is undecided under repeated failures", async () => {
      const slowDown = s3Error(503, "SlowDown");
      const { index } = await scripted({ PutObject: () => slowDown, GetObject: () => slowDown });
      expect(await index.revoke(HASH)).toMatchObject({ status: "indeterminate", cause: { name: "SlowDown" } });
    });
  });

  describe("an inspection", () => {
    test.each([
      ["issued", object(ISSUED), { status: "issued" }],
      ["claimed", object(claimedBy(THEM)), { status: "claimed", claimant: THEM, at: found.found.since }],
      ["revoked", object(REVOKED), { status: "revoked", at: found.found.since }],
      ["unknown", notFound, { status: "unknown" }],
    ] as const)("is one GET, for an entry that is %s", async (_name, read, outcome) => {
      const { server, index } = await scripted({ GetObject: [read] });
      expect(await index.inspect(HASH)).toEqual(outcome);
      expect(server.requests).toMatchObject([{ operation: "GetObject", bucket: BUCKET, key: KEY }]);
    });

    test("retries within its time", async () => {
      const { index } = await scripted({ GetObject: [reset, s3Error(503, "SlowDown"), object(ISSUED)] });
      expect(await index.inspect(HASH)).toEqual({ status: "issued" });
    });

    test.each([
      ["has foreign bytes", object("not ours"), { code: "INDEX_UNREADABLE" }],
      ["has no time", answer(200, { etag: '"x"' }, REVOKED), { message: "the entry has no time" }],
      ["may not be read", s3Error(403, "AccessDenied"), { code: "STORE_REFUSED" }],
    ])("of an entry that %s is undecided", async (_name, read, cause) => {
      const { index } = await scripted({ GetObject: [read] });
      expect(await index.inspect(HASH)).toMatchObject({ status: "indeterminate", cause });
    });
  });
});
