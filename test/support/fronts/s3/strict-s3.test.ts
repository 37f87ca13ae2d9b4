import { createHash } from "node:crypto";

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { exchange } from "../../../servers/plain-client.ts";
import type { S3Server } from "../../../servers/s3-server.ts";
import { s3Client } from "../../../servers/sign.ts";
import { sendRaw } from "../../raw-request.ts";
import { type StrictS3, startStrictS3 } from "./strict-s3.ts";
import { startStubStore } from "./stub-store.ts";

const SIGNED_AT = new Date("2026-01-02T03:04:05Z");
const OBJECT = { Bucket: "b", Key: "uploads/x" };
const base64 = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("base64");

let store: Awaited<ReturnType<typeof startStubStore>>;
let front: StrictS3;
let nowMs: number;
beforeAll(async () => {
  store = await startStubStore();
  front = await startStrictS3({ store, now: () => nowMs });
});
afterAll(async () => {
  await front.stop();
  await store.stop();
});
beforeEach(() => {
  nowMs = SIGNED_AT.getTime();
});

/** A presigned PUT, as the AWS SDK makes it, that signs these headers and `host`. */
async function presign(
  object: Partial<PutObjectCommandInput> = {},
  {
    signed = [],
    expiresIn = 60,
    server = {},
  }: { signed?: string[]; expiresIn?: number; server?: Partial<S3Server> } = {},
): Promise<string> {
  const s3 = s3Client({ ...front, ...server });
  return getSignedUrl(s3, new PutObjectCommand({ ...OBJECT, ...object }), {
    expiresIn,
    signingDate: SIGNED_AT,
    unhoistableHeaders: new Set(signed),
    signableHeaders: new Set(["host", ...signed]),
  });
}

/** What the front says to `hello` at this URL, and that the store has not seen it if that is a refusal. */
async function put(url: string, headers: Record<string, string> = {}): Promise<{ answer: string; xml: string }> {
  const before = new Map(store.objects);
  const { status, body } = await exchange("PUT", url, { body: "hello", headers });
  const xml = body.toString();
  const code = /<Code>(\w+)<\/Code>/.exec(xml)?.[1];
  if (code !== undefined) expect(store.objects).toEqual(before);
  return { answer: code === undefined ? String(status) : `${status} ${code}`, xml };
}

test("takes what the AWS SDK signs, in the query and in the header, and hands it to the store", async () => {
  expect(await put(await presign())).toEqual({ answer: "200", xml: "" });
  nowMs = Date.now();
  const s3 = s3Client(front);
  await s3.send(new PutObjectCommand({ ...OBJECT, Key: "a b/ü+?", Body: "hello", Metadata: { name: "a  b" } }));
  expect(store.objects.get("/b/a%20b/%C3%BC%2B%3F")?.toString()).toBe("hello");
});

describe("a signature", () => {
  test("in the query and in the header is refused", async () => {
    const { answer, xml } = await put(await presign(), { authorization: "Bearer x" });
    expect(answer).toBe("400 InvalidArgument");
    expect(xml).toContain("<Message>Only one auth mechanism allowed; ");
  });

  test("that is missing is refused", async () => {
    expect((await put(`${front.endpoint}/b/uploads/x`)).answer).toBe("403 AccessDenied");
  });

  test.each([
    ["no Expires", (url: string) => url.replace(/&X-Amz-Expires=\d+/, "")],
    ["Expires of no number", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=1e1")],
    ["Expires of 0", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=0")],
    ["Expires of more than a week", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=604801")],
    ["two Expires", (url: string) => `${url}&X-Amz-Expires=60`],
    ["another algorithm", (url: string) => url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")],
    ["a credential without a region", (url: string) => url.replace("%2Feu-west-1", "")],
    ["a date of another day", (url: string) => url.replace("X-Amz-Date=20260102", "X-Amz-Date=20260103")],
    ["another service", (url: string) => url.replace("%2Fs3%2F", "%2Fec2%2F")],
  ])("with %s is malformed", async (_what, change) => {
    const url = await presign();
    expect(change(url)).not.toBe(url);
    expect((await put(change(url))).answer).toBe("400 AuthorizationQueryParametersError");
  });

  test("of a week is taken", async () => {
    expect((await put(await presign({}, { expiresIn: 604_800 }))).answer).toBe("200");
  });

  test("for another region is malformed, and the answer names the right one", async () => {
    const { answer, xml } = await put(await presign({}, { server: { region: "us-east-1" } }));
    expect(answer).toBe("400 AuthorizationQueryParametersError");
    expect(xml).toContain("<Region>eu-west-1</Region>");
    nowMs = Date.now();
    const s3 = s3Client({ ...front, region: "us-east-1" });
    await expect(s3.send(new PutObjectCommand({ ...OBJECT, Body: "x" }))).rejects.toMatchObject({
      name: "AuthorizationHeaderMalformed",
    });
  });

  test("is good until its last second, and not after it", async () => {
    const url = await presign();
    nowMs = SIGNED_AT.getTime() + 60_000;
    expect((await put(url)).answer).toBe("200");
    nowMs++;
    const { answer, xml } = await put(url);
    expect(answer).toBe("403 AccessDenied");
    expect(xml).toContain("<Message>Request has expired</Message><X-Amz-Expires>60</X-Amz-Expires>");
  });

  test("is good 15 minutes before its date, and not earlier", async () => {
    const url = await presign();
    nowMs = SIGNED_AT.getTime() - 15 * 60_000;
    expect((await put(url)).answer).toBe("200");
    nowMs--;
    const { answer, xml } = await put(url);
    expect([answer, xml]).toEqual(["403 AccessDenied", expect.stringContaining("Request is not yet valid")]);
  });

  test("in the header is good 15 minutes", async () => {
    const s3 = s3Client(front);
    nowMs = Date.now() + 16 * 60_000;
    const send = (): Promise<unknown> => s3.send(new PutObjectCommand({ ...OBJECT, Body: "x" }));
    await expect(send()).rejects.toMatchObject({ name: "RequestTimeTooSkewed" });
  });

  test("of an unknown key is refused", async () => {
    const credentials = { accessKeyId: "AKIDOTHER", secretAccessKey: "SECRETEXAMPLE" };
    expect((await put(await presign({}, { server: { credentials } }))).answer).toBe("403 InvalidAccessKeyId");
  });

  test.each([
    ["an altered path", (url: string) => url.replace("uploads/x", "uploads/y")],
    ["an altered query", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")],
    ["one parameter more", (url: string) => `${url}&x-id=PutObject2`],
  ])("does not match %s", async (_what, change) => {
    expect((await put(change(await presign()))).answer).toBe("403 SignatureDoesNotMatch");
  });

  test("does not match a signed header that is altered or missing, and the answer repeats what was sent", async () => {
    const url = await presign({ Metadata: { a: "1" } }, { signed: ["x-amz-meta-a"] });
    expect((await put(url, { "x-amz-meta-a": "1" })).answer).toBe("200");
    const { answer, xml } = await put(url, { "x-amz-meta-a": "seen by all" });
    expect(answer).toBe("403 SignatureDoesNotMatch");
    expect(xml).toMatch(/<StringToSign>AWS4-HMAC-SHA256\n20260102T030405Z\n/);
    expect(xml).toMatch(/<CanonicalRequest>PUT\n\/b\/uploads\/x\n[^]*\nx-amz-meta-a:seen by all\n/);
    expect((await put(url)).answer).toBe("403 SignatureDoesNotMatch");
    const empty = await presign({ Metadata: { a: "" } }, { signed: ["x-amz-meta-a"] });
    expect((await put(empty)).answer).toBe("403 SignatureDoesNotMatch");
  });

  test("covers every x-amz-* header and Content-MD5, by name", async () => {
    const unsigned = { "x-amz-acl": "private", "Content-MD5": base64("md5", "hello"), "content-type": "text/plain" };
    const { answer, xml } = await put(await presign(), unsigned);
    expect(answer).toBe("403 AccessDenied");
    expect(xml).toContain("There were headers present in the request which were not signed");
    expect(xml).toContain("<HeadersNotSigned>content-md5, x-amz-acl</HeadersNotSigned>");
  });

  test("covers the host", async () => {
    const url = await presign();
    const { xml } = await put(url.replace("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=accept"));
    expect(xml).toContain("<HeadersNotSigned>host</HeadersNotSigned>");
  });

  test("need not cover what CloudFront adds", async () => {
    expect((await put(await presign(), { "x-amz-cf-id": "a==", via: "1.1 b" })).answer).toBe("200");
  });

  test("is made over an unsigned x-amz-content-sha256", async () => {
    const digest = createHash("sha256").update("hello").digest("hex");
    expect((await put(await presign(), { "x-amz-content-sha256": digest })).answer).toBe("403 SignatureDoesNotMatch");
    expect((await put(await presign(), { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })).answer).toBe("200");
  });
});

describe("the head of a PUT", () => {
  /** How many bytes the head of a request has beside a filler. */
  async function fillerFor(total: number, url: string): Promise<string> {
    const { pathname, search, host } = new URL(url);
    const lines = [
      `PUT ${pathname}${search} HTTP/1.1`,
      `host: ${host}`,
      "content-length: 5",
      "connection: close",
      "x: ",
      "",
      "",
    ];
    return "a".repeat(total - lines.join("\r\n").length);
  }

  test.each([
    [8_192, "200"],
    [8_193, "400 RequestHeaderSectionTooLarge"],
  ])("of %i bytes, the URL among them: %s", async (total, expected) => {
    const url = await presign();
    const x = await fillerFor(total, url);
    expect((await put(url, { "content-length": "5", connection: "close", x })).answer).toBe(expected);
  });

  test.each([
    [2_048, "200"],
    [2_049, "400 MetadataTooLarge"],
  ])("with %i bytes of user-defined metadata, names and values: %s", async (bytes, expected) => {
    const value = "v".repeat(bytes - "x-amz-meta-a".length);
    const url = await presign({ Metadata: { a: value } }, { signed: ["x-amz-meta-a"] });
    expect((await put(url, { "x-amz-meta-a": value })).answer).toBe(expected);
  });

  test.each([
    [2_048, "200"],
    [2_049, "400 MetadataTooLarge"],
  ])("with %i bytes of system-defined metadata: %s", async (bytes, expected) => {
    const value = "v".repeat(bytes - "cache-control".length - "expires0".length);
    expect((await put(await presign(), { "cache-control": value, expires: "0" })).answer).toBe(expected);
  });

  test.each([
    ["no length", "", "411 Length Required"],
    ["chunks", "Transfer-Encoding: chunked\n", "501 Not Implemented"],
    ["more than 5 GiB", "Content-Length: 5368709121\nExpect: 100-continue\n", "400 Bad Request"],
  ])("with %s is refused before the body", async (_what, header, expected) => {
    const { pathname, search, host } = new URL(await presign());
    const answer = await sendRaw(front.endpoint, `PUT ${pathname}${search} HTTP/1.1\nHost: ${host}\n${header}\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 \d+/);
    expect(answer.split(" ")[1]).toBe(expected.split(" ")[0]);
  });
});

describe("the digest of a body", () => {
  const digests: [header: string, good: string, code: string][] = [
    ["content-md5", base64("md5", "hello"), "InvalidDigest"],
    ["x-amz-checksum-sha1", base64("sha1", "hello"), "InvalidRequest"],
    ["x-amz-checksum-sha256", base64("sha256", "hello"), "InvalidRequest"],
    ["x-amz-checksum-crc32", "NhCmhg==", "InvalidRequest"],
  ];

  test.each(digests)("%s is compared", async (header, good, malformed) => {
    const fields: Record<string, Partial<PutObjectCommandInput>> = {
      "content-md5": { ContentMD5: good },
      "x-amz-checksum-sha1": { ChecksumSHA1: good },
      "x-amz-checksum-sha256": { ChecksumSHA256: good },
      "x-amz-checksum-crc32": { ChecksumCRC32: good },
    };
    expect((await put(await presign(fields[header], { signed: [header] }), { [header]: good })).answer).toBe("200");
    const bad = Buffer.from(good, "base64").map((byte) => byte ^ 1);
    for (const [value, answer] of [
      [Buffer.from(bad).toString("base64"), "400 BadDigest"],
      ["?", `400 ${malformed}`],
    ] as const) {
      const [field] = Object.keys(fields[header] ?? {});
      const url = await presign({ [field ?? ""]: value }, { signed: [header] });
      expect((await put(url, { [header]: value })).answer).toBe(answer);
    }
  });

  test("that the front does not know is not passed over", async () => {
    const header = "x-amz-checksum-crc64nvme";
    const url = await presign({ ChecksumCRC64NVME: "AAAAAAAAAAA=" }, { signed: [header] });
    expect((await put(url, { [header]: "AAAAAAAAAAA=" })).answer).toBe("501 NotImplemented");
  });

  test("in x-amz-content-sha256 is compared", async () => {
    nowMs = Date.now();
    const s3 = s3Client(front);
    // The SDK signs first and hands over the body last.
    s3.middlewareStack.add(
      (next) => (args) => next({ ...args, request: Object.assign(Object(args.request), { body: "other" }) }),
      { step: "deserialize", priority: "low", name: "spoil" },
    );
    await expect(s3.send(new PutObjectCommand({ ...OBJECT, Body: "hello" }))).rejects.toMatchObject({
      name: "XAmzContentSHA256Mismatch",
    });
  });
});

test("keeps a list of what was asked, without keys and signatures", async () => {
  const before = front.requests.length;
  await put(await presign());
  await put(await presign({ Key: "signatures/0" }), { "x-amz-acl": "private" });
  expect(front.requests.slice(before)).toEqual([
    { method: "PUT", kind: "upload", status: 200 },
    { method: "PUT", kind: "index", status: 403, refusedAs: "AccessDenied" },
  ]);
});

describe("with kmsEtags", () => {
  let kms: StrictS3;
  beforeAll(async () => {
    kms = await startStrictS3({ store, kmsEtags: true });
  });
  afterAll(() => kms.stop());

  const write = async (Body: string, condition: { IfMatch?: string | undefined } = {}): Promise<string> => {
    const { ETag = "", ServerSideEncryption } = await s3Client(kms).send(
      new PutObjectCommand({ Bucket: "b", Key: "k", Body, ...condition }),
    );
    expect(ServerSideEncryption).toBe("aws:kms");
    return ETag;
  };

  test("an ETag is no MD5, another one for each write, and the same for each read", async () => {
    const [first, second] = [await write("hello"), await write("hello")];
    expect(first).toMatch(/^"[0-9a-f]{32}"$/);
    expect(new Set([first, second, `"${createHash("md5").update("hello").digest("hex")}"`]).size).toBe(3);
    for (const Command of [GetObjectCommand, HeadObjectCommand])
      expect((await s3Client(kms).send(new Command({ Bucket: "b", Key: "k" }))).ETag).toBe(second);
  });

  test("an object from before has one that stays", async () => {
    nowMs = Date.now();
    await s3Client(front).send(new PutObjectCommand({ Bucket: "b", Key: "old", Body: "hello" }));
    const read = async () => (await s3Client(kms).send(new HeadObjectCommand({ Bucket: "b", Key: "old" }))).ETag;
    const etag = await read();
    expect(etag).not.toContain(createHash("md5").update("hello").digest("hex"));
    expect(await read()).toBe(etag);
  });

  test("If-Match goes by these ETags, and one of many writers is the first", async () => {
    const old = await write("hello");
    const etag = await write("hello");
    const md5 = `"${createHash("md5").update("hello").digest("hex")}"`;
    for (const IfMatch of [old, md5])
      await expect(write("no", { IfMatch })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    const writers = Array.from({ length: 8 }, async () => write("hello", { IfMatch: etag }));
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
