import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createS3Client, createS3Presigner } from "@presign-once/adapter-s3";
import type { Presigner, PresignRequest } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { exchange } from "../servers/plain-client.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { startStrictR2 } from "../support/fronts/s3/strict-r2.ts";

const BUCKET = "uploads";
const LOCK = { "x-once-lock": "4f".repeat(32) };

let r2: S3Server;
let s3: S3Client;
let originPath: string;
let presigner: Presigner;
beforeAll(async () => {
  r2 = await startStrictR2({ buckets: [BUCKET] });
  s3 = createS3Client(r2);
  originPath = `${new URL(r2.endpoint).pathname}/${BUCKET}`;
  presigner = createS3Presigner({ s3, bucket: BUCKET, originPath });
}, 60_000);
afterAll(async () => {
  s3.destroy();
  await r2.stop();
});

/** Presigns a PUT of a new object. */
async function presign(more: Partial<PresignRequest> = {}) {
  const key = `uploads/${crypto.randomUUID()}`;
  const request = {
    method: "PUT",
    key,
    signingDate: new Date(),
    expiresInSeconds: 60,
    headers: [],
    query: [],
  } as const;
  const { path, query } = await presigner.presign({ ...request, ...more });
  const origin = new URL(r2.endpoint).origin;
  return { key, url: `${origin}${originPath}${path}?${query}` };
}

/** Sends a PUT; returns its status and S3's code for what was wrong. */
async function put(url: string, headers: Record<string, string> = {}): Promise<[status: number, code?: string]> {
  const { status, body } = await exchange("PUT", url, { body: "bytes", headers });
  const code = /<Code>(.*?)<\/Code>/.exec(body.toString())?.[1];
  return code === undefined ? [status] : [status, code];
}

async function stored(key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return Body?.transformToString();
}

const mismatch = [403, "SignatureDoesNotMatch"];

describe("on R2, a URL that signs a lock", () => {
  const locked = () => presign({ headers: Object.entries(LOCK) });

  test("is accepted with it, and stores the bytes under its key", async () => {
    const { key, url } = await locked();
    expect(await put(url, LOCK)).toEqual([200]);
    expect(await stored(key)).toBe("bytes");
  });

  test("is refused without it", async () => {
    const { url } = await locked();
    const [status] = await put(url);
    expect(status).toBe(403);
    expect(await put(url, LOCK)).toEqual([200]);
  });

  test("is refused with another", async () => {
    const { url } = await locked();
    expect(await put(url, { "x-once-lock": "5f".repeat(32) })).toEqual(mismatch);
  });
});

test("R2 enforces signed headers and parameters, and accepts them as signed", async () => {
  const headers = { ...LOCK, "content-type": "text/plain", "x-amz-meta-filename": "a b.txt" };
  const { url } = await presign({ headers: Object.entries(headers), query: [["x-once-type", "text/plain; a+b"]] });
  expect(await put(url, { ...headers, "content-type": "text/html" })).toEqual(mismatch);
  expect(await put(url, { ...headers, "x-amz-meta-filename": "b.txt" })).toEqual(mismatch);
  expect(await put(url.replace("x-once-type=text", "x-once-type=test"), headers)).toEqual(mismatch);
  expect(await put(url, headers)).toEqual([200]);
});

test("a signed If-None-Match makes R2 itself refuse a second object", async () => {
  const headers = { "if-none-match": "*" };
  const { url } = await presign({ headers: Object.entries(headers) });
  expect(await put(url, headers)).toEqual([200]);
  expect(await put(url, headers)).toEqual([412, "PreconditionFailed"]);
});

test("a URL signed an hour ago for a minute is refused", async () => {
  const { url } = await presign({ signingDate: new Date(Date.now() - 3_600_000) });
  const [status] = await put(url);
  expect(status).toBe(403);
});
