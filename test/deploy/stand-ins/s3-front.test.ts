import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createMemoryStore } from "./memory-store.ts";
import { type S3Front, startS3Front } from "./s3-front.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" };
const host = "the-bucket.s3.eu-west-1.amazonaws.com";
let front: S3Front;
let origin: number;

beforeAll(async () => {
  const policy = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: "arn:aws:s3:::the-bucket/open/*" },
    ],
  } as const;
  front = await startS3Front({
    store: createMemoryStore({ "the-bucket": { versioned: false } }),
    roles: [{ ...credentials, policies: [policy] }],
  });
  origin = await front.listenAs(host);
});
afterAll(() => front.stop());

function client(overrides: object = {}): S3Client {
  const endpoint = `http://127.0.0.1:${front.port}`;
  return new S3Client({
    region: "eu-west-1",
    endpoint,
    credentials,
    maxAttempts: 1,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    ...overrides,
  });
}

/** Presigns for AWS itself, and sends what was signed to the port that stands for a host name. */
async function putPresigned(key: string, change: (path: string) => string = (path) => path): Promise<number> {
  const aws = new S3Client({ region: "eu-west-1", credentials, requestChecksumCalculation: "WHEN_REQUIRED" });
  const url = new URL(await getSignedUrl(aws, new PutObjectCommand({ Bucket: "the-bucket", Key: key })));
  const answer = await fetch(`http://127.0.0.1:${origin}${change(url.pathname + url.search)}`, {
    method: "PUT",
    body: "x",
  });
  return answer.status;
}

test("accepts and stores what the SDK signs in the header", async () => {
  const s3 = client();
  await s3.send(new PutObjectCommand({ Bucket: "the-bucket", Key: "open/a b", Body: "hello" }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "the-bucket", Key: "open/a b" }));
  expect(await Body?.transformToString()).toBe("hello");
});

test("accepts a URL presigned for an AWS host only where CloudFront would send it", async () => {
  expect(await putPresigned("open/x")).toBe(200);
  const elsewhere = await front.listenAs("the-bucket.s3.amazonaws.com");
  const before = origin;
  origin = elsewhere;
  expect(await putPresigned("open/x")).toBe(403);
  origin = before;
});

test("accepts a signature only for the signed request and by a known signer", async () => {
  expect(await putPresigned("open/x", (path) => path.replace("open/x", "open/y"))).toBe(403);
  expect(await putPresigned("open/x", (path) => path.replace("X-Amz-Expires=900", "X-Amz-Expires=901"))).toBe(403);
  const stranger = client({ credentials: { ...credentials, secretAccessKey: "another" } });
  const put = new PutObjectCommand({ Bucket: "the-bucket", Key: "open/x", Body: "x" });
  await expect(stranger.send(put)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});

test("denies what the policies do not allow, and answers 403 for a missing key without the right to list", async () => {
  expect(await putPresigned("closed/x")).toBe(403);
  const get = new GetObjectCommand({ Bucket: "the-bucket", Key: "open/nothing" });
  await expect(client().send(get)).rejects.toMatchObject({ name: "AccessDenied" });
});
