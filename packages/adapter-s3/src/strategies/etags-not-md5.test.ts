import { describe, expect, test } from "vitest";

import { claimedBy, found, HASH, ISSUED, md5, object, REVOKED, THEM, US } from "../../test/entries.ts";
import { type Answer, answer, BUCKET, nonsense, reset, s3Error, startFakeS3 } from "../../test/fake-s3.ts";
import { transports } from "../../test/transports.ts";
import { tries } from "../../test/tries.ts";
import { createConditionalIndex } from "./conditional-index.ts";

/** The ETag of an issued entry under SSE-KMS. */
const KMS = '"5d41402abc4b2a76b9719d911017c592"';

const claimed = answer(200, { etag: '"written"' });
const missed = s3Error(412, "PreconditionFailed");
const notFound = s3Error(404, "NoSuchKey");
const issued = object(ISSUED, KMS);

describe.each(transports)("through %s, where the ETag of an issued entry is not its MD5,", (_transport, open) => {
  async function start(PutObject: readonly Answer[], GetObject: readonly Answer[], newDeadline = tries(3)) {
    const server = await startFakeS3({ PutObject, GetObject });
    return { server, index: createConditionalIndex({ s3: open(server.access), bucket: BUCKET, newDeadline }) };
  }

  /** A handle that has won a claim there, and what it asks of S3 from then on. */
  async function startAfterClaim(puts: readonly Answer[], gets: readonly Answer[], attempts = 3) {
    let newDeadline = tries(3);
    const { server, index } = await start([missed, claimed, ...puts], [issued, ...gets], () => newDeadline());
    await index.claim(HASH, THEM);
    newDeadline = tries(attempts);
    return {
      index,
      asked: () =>
        server.requests.slice(3).map(({ operation, headers }) => [operation, headers["if-match"]].join(" ").trim()),
    };
  }

  test("the first claim of a handle takes three requests", async () => {
    const { server, index } = await start([missed, claimed], [issued]);
    expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 2 });
    expect(server.operations).toEqual(["PutObject", "GetObject", "PutObject"]);
    expect(server.requests.map(({ headers }) => headers["if-match"])).toEqual([md5(ISSUED), undefined, KMS]);
  });

  describe("a later claim reads first:", () => {
    test("it takes two requests", async () => {
      const { index, asked } = await startAfterClaim([claimed], [object(ISSUED, '"another"')]);
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
      expect(asked()).toEqual(["GetObject", 'PutObject "another"']);
    });

    test("it writes without a pause after the read", async () => {
      const { index } = await startAfterClaim([claimed], [issued], 1);
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
    });

    test.each([
      ["of a used URL", object(claimedBy(THEM)), { status: "already-claimed", owner: THEM, attempts: 0 }],
      ["of a URL that this claimant has won", object(claimedBy(US)), { ...found, status: "claimed", attempts: 0 }],
      ["of a revoked URL", object(REVOKED), { status: "revoked", attempts: 0 }],
      ["of an unissued URL", notFound, { status: "unknown", attempts: 0 }],
    ] as const)("%s takes one request, and writes nothing", async (_what, read, outcome) => {
      const { index, asked } = await startAfterClaim([], [read]);
      expect(await index.claim(HASH, US)).toEqual(outcome);
      expect(asked()).toEqual(["GetObject"]);
    });

    test("a revocation takes two requests as well", async () => {
      const { index, asked } = await startAfterClaim([claimed], [issued]);
      expect(await index.revoke(HASH)).toEqual({ status: "revoked" });
      expect(asked()).toEqual(["GetObject", `PutObject ${KMS}`]);
    });

    test("another claimant that writes in between wins", async () => {
      const { index, asked } = await startAfterClaim([missed], [issued, object(claimedBy(THEM))]);
      expect(await index.claim(HASH, US)).toEqual({ status: "already-claimed", owner: THEM, attempts: 1 });
      expect(asked()).toEqual(["GetObject", `PutObject ${KMS}`, "GetObject"]);
    });

    test.each([reset, nonsense, s3Error(503, "SlowDown")])(
      "a read without an answer is followed by a write with the usual condition",
      async (failure) => {
        const { index, asked } = await startAfterClaim([missed, claimed], [failure, issued]);
        expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 2 });
        expect(asked()).toEqual(["GetObject", `PutObject ${md5(ISSUED)}`, "GetObject", `PutObject ${KMS}`]);
      },
    );

    test.each([
      ["may not be read", s3Error(403, "AccessDenied"), { code: "STORE_REFUSED" }],
      ["has foreign bytes", object("not ours", KMS), { code: "INDEX_UNREADABLE" }],
    ])("an entry that %s is undecided, and nothing was written", async (_what, read, cause) => {
      const { index, asked } = await startAfterClaim([], [read]);
      const outcome = await index.claim(HASH, US);
      expect(outcome).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 0, cause });
      expect(asked()).toEqual(["GetObject"]);
    });

    test("until an entry has the expected ETag again", async () => {
      const { index, asked } = await startAfterClaim([claimed, claimed], [object(ISSUED)]);
      await index.claim(HASH, US);
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
      expect(asked()).toEqual(["GetObject", `PutObject ${md5(ISSUED)}`, `PutObject ${md5(ISSUED)}`]);
    });
  });

  test("a claim that was lost does not change what the next one expects", async () => {
    const { server, index } = await start([missed, missed, claimed], [issued, object(claimedBy(THEM))]);
    expect(await index.claim(HASH, US)).toMatchObject({ status: "already-claimed", attempts: 2 });
    await index.claim(HASH, US);
    expect(server.requests.at(-1)).toMatchObject({ operation: "PutObject", headers: { "if-match": md5(ISSUED) } });
  });
});
