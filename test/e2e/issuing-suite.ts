import { createHash, randomBytes } from "node:crypto";

import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { newKey } from "../origin-lock/known-keys.ts";
import { sendRaw } from "../support/raw-request.ts";
import { type HeaderChanges, uploadAroundEdge, uploadAsGranted } from "./granted-upload.ts";
import type { Place } from "./place.ts";
import { type IssuedGrant, requestGrant } from "./request-grant.ts";
import { type Stack, startStack } from "./stack.ts";
import type { Answer } from "./viewer.ts";

/** The limits in the settings of the suite. */
const LIMITS = { expiresInSeconds: 120, maxExpiresInSeconds: 600, maxBytes: 2_000_000 };
const HELLO = Buffer.from("hello");
const SHA256 = createHash("sha256").update(HELLO).digest();

/**
 * What a grant asks of the upload is asked of it: by the edge before the claim, and by S3 where the signature binds it.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeIssuing(name: string, start: () => Promise<Place>): void {
  describe(`constraints on ${name}`, { timeout: 30_000 }, () => {
    const key = newKey("known");
    let place: Place;
    let stack: Stack;
    beforeAll(async () => {
      place = await start();
      const config = { ...place.options?.config, ...LIMITS, keys: [key] };
      stack = await startStack(place.server, place.bucket, { ...place.options, config });
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    const grantFor = (query: string): Promise<IssuedGrant> => requestGrant(stack, query);

    const upload = (grant: IssuedGrant, body: Buffer, changes?: HeaderChanges): Promise<Answer> =>
      uploadAsGranted(stack, grant, body, changes);
    const sendUnlocked = (grant: IssuedGrant, body: Buffer, changes?: HeaderChanges): Promise<Answer> =>
      uploadAroundEdge(stack, key, grant, body, changes);

    test("stores the granted bytes, type and name", async () => {
      const filename = "Ünïcode & más.png";
      const grant = await grantFor(
        `content-type=image/png&content-length=5&max-bytes=5&filename=${encodeURIComponent(filename)}&sha256=${SHA256.toString("hex")}&expires-in=600`,
      );
      expect(Date.parse(grant.expiresAt) - Date.now()).toBeGreaterThan(590_000);
      expect((await upload(grant, HELLO)).status).toBe(200);
      expect(await stack.objectOf(grant.url)).toEqual(HELLO);
      const { ContentType, Metadata } = await stack.s3.send(
        new HeadObjectCommand({ Bucket: stack.bucket, Key: grant.key }),
      );
      expect(ContentType).toBe("image/png");
      expect(decodeURIComponent(Metadata?.["filename"] ?? "")).toBe(filename);
      expect(Metadata?.["presign-once-id"]).toBe(grant.id);
      expect(await upload(grant, HELLO)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
    });

    test("object and log of issuing name the grant, although the client does not send it", async () => {
      const url = await stack.issue();
      const issued = stack.log.findLast((line) => line.includes('"presignOnce":"issue"')) ?? "";
      const { grant: id } = JSON.parse(issued.slice(issued.indexOf("{"))) as { grant: string };
      expect((await stack.send(url)).status).toBe(200);
      const Key = new URL(url).pathname.slice(1);
      const { Metadata } = await stack.s3.send(new HeadObjectCommand({ Bucket: stack.bucket, Key }));
      expect([Metadata, Key]).toEqual([{ "presign-once-id": id }, `uploads/${id}`]);
    });

    const CHECKSUM = "x-amz-checksum-sha256";
    const FILENAME = "x-amz-meta-filename";
    const other = createHash("sha256").update("other").digest("base64");
    /** The constraints of a grant, and uploads that break one of them each. */
    const broken: [query: string, how: string, code: string, body: Buffer, changes: HeaderChanges][] = [
      ["content-length=5", "a byte less", "InvalidRequest", Buffer.from("hell"), {}],
      ["content-length=5", "a byte more", "InvalidRequest", Buffer.from("hello!"), {}],
      ["content-length=0", "not empty", "InvalidRequest", HELLO, {}],
      ["max-bytes=5", "a byte more", "EntityTooLarge", Buffer.from("hello!"), {}],
      ["min-bytes=5", "a byte less", "EntityTooSmall", Buffer.from("hell"), {}],
      ["max-bytes=0", "not empty", "EntityTooLarge", HELLO, {}],
      ["", "more than the settings allow", "EntityTooLarge", randomBytes(LIMITS.maxBytes + 1), {}],
      ["content-type=image/png", "another type", "InvalidRequest", HELLO, { "content-type": "image/gif" }],
      [
        "content-type=image/png",
        "the type with a parameter",
        "InvalidRequest",
        HELLO,
        { "content-type": "image/png;a=b" },
      ],
      ["content-type=image/png", "no type", "InvalidRequest", HELLO, { "content-type": undefined }],
      ["filename=a.png", "another name", "InvalidRequest", HELLO, { [FILENAME]: "b.png" }],
      ["filename=a.png", "no name", "InvalidRequest", HELLO, { [FILENAME]: undefined }],
      ["", "a name that was not granted", "InvalidRequest", HELLO, { [FILENAME]: "a.png" }],
      [`sha256=${SHA256.toString("hex")}`, "another checksum", "InvalidRequest", HELLO, { [CHECKSUM]: other }],
      [`sha256=${SHA256.toString("hex")}`, "no checksum", "InvalidRequest", HELLO, { [CHECKSUM]: undefined }],
    ];
    test.each(broken)(
      "granted for %o, %s: is refused without a request to S3, and the URL stays usable",
      async (query, _how, code, body, changes) => {
        const grant = await grantFor(query);
        const before = stack.network.requests.length;
        expect(await upload(grant, body, changes)).toMatchObject({ status: 400, code });
        expect(stack.network.requests.length).toBe(before);
        const right = /=0$/.test(query) ? Buffer.alloc(0) : HELLO;
        expect((await upload(grant, right)).status).toBe(200);
        expect(await stack.objectOf(grant.url)).toEqual(right);
      },
    );

    test("a chunked body without a length is refused without a request to S3, and the URL stays usable", async () => {
      for (const query of ["content-length=5", "max-bytes=5", ""]) {
        const grant = await grantFor(query);
        const { pathname, search, host } = new URL(grant.url);
        const before = stack.network.requests.length;
        const answer = await sendRaw(
          grant.url,
          `PUT ${pathname}${search} HTTP/1.1\nHost: ${host}\nTransfer-Encoding: chunked\nConnection: close\n\n5\nhello\n0\n\n`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 411 [^]*<Code>MissingContentLength<\/Code>/);
        expect(stack.network.requests.length).toBe(before);
        expect((await upload(grant, HELLO)).status).toBe(200);
      }
    });

    test("accepts max-bytes exactly, and less", async () => {
      for (const [query, bytes] of [
        ["max-bytes=5", 5],
        ["max-bytes=5", 0],
        ["", LIMITS.maxBytes],
      ] as const) {
        const grant = await grantFor(query);
        const body = randomBytes(bytes);
        expect([query, bytes, (await upload(grant, body)).status]).toEqual([query, bytes, 200]);
        expect(await stack.objectOf(grant.url)).toEqual(body);
      }
    });

    /** Constraints that the signature binds, as uploads to S3 itself, that pass the origin lock and break them. */
    const bound: [query: string, how: string, body: Buffer, changes: HeaderChanges][] = [
      ["content-length=5", "a byte more", Buffer.from("hello!"), {}],
      ["content-length=5", "a byte less", Buffer.from("hell"), {}],
      ["content-type=image/png", "another type", HELLO, { "content-type": "image/gif" }],
      ["content-type=image/png", "no type", HELLO, { "content-type": undefined }],
      ["filename=a.png", "another name", HELLO, { [FILENAME]: "b.png" }],
      [`sha256=${SHA256.toString("hex")}`, "another checksum", HELLO, { [CHECKSUM]: other }],
    ];
    test.each(bound)("granted for %o, %s: is refused by S3 itself too", async (query, _how, body, changes) => {
      const grant = await grantFor(query);
      expect(await sendUnlocked(grant, body, changes)).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
      expect(await stack.objectOf(grant.url)).toBeUndefined();
      expect((await sendUnlocked(grant, HELLO)).status).toBe(200); // the right one, so that nothing else was wrong
    });

    test("bytes that are not of the granted SHA-256 are refused by S3: nothing is stored, and the URL is used up", async () => {
      const grant = await grantFor(`sha256=${SHA256.toString("hex")}`);
      expect(await upload(grant, Buffer.from("hellO"))).toMatchObject({ status: 400, code: "BadDigest" });
      expect(await stack.objectOf(grant.url)).toBeUndefined();
      expect(await upload(grant, HELLO)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
    });

    test("only the edge enforces max-bytes: S3 itself accepts more", async () => {
      expect((await sendUnlocked(await grantFor("max-bytes=5"), Buffer.from("hello!"))).status).toBe(200);
    });

    test("a URL works until expiresAt, and is then refused without a request to S3", async () => {
      const [used, late] = [await grantFor("expires-in=60"), await grantFor("expires-in=1")];
      expect((await upload(used, HELLO)).status).toBe(200);
      const end = Date.parse(late.expiresAt);
      expect(end - Date.now()).toBeLessThanOrEqual(1_000);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - Date.now()) + 1));
      const before = stack.network.requests.length;
      expect(await upload(late, HELLO)).toMatchObject({ status: 403, code: "UrlExpired" });
      expect(stack.network.requests.length).toBe(before);
    });

    test("issues no URL for a refused parameter, for HEAD or for OPTIONS", async () => {
      const before = stack.network.requests.length;
      const endpoint = `${stack.local.baseUrl}/url`;
      const wrong = [
        "expires-in=601",
        "expires-in=0",
        "max-bytes=2000001",
        "content-length=2000001",
        "content-type=x",
        "filename=",
        "sha256=0",
        "what=1",
        "expires-in=1&expires-in=1",
      ];
      for (const query of wrong) {
        const answer = await fetch(`${endpoint}?${query}`);
        const named = query === "what=1" ? "Unknown parameter what" : query.split("=")[0];
        expect([answer.status, await answer.text()]).toEqual([
          400,
          expect.stringContaining(`<Code>InvalidArgument</Code><Message>${named}: expected `),
        ]);
      }
      expect((await fetch(endpoint, { method: "HEAD" })).status).toBe(405);
      expect((await fetch(endpoint, { method: "OPTIONS" })).status).toBe(204);
      expect(stack.network.requests.length).toBe(before);
    });
  });
}
