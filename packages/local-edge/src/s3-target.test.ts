import { expect, onTestFinished, test } from "vitest";

import { startServer } from "../test/start-edge.ts";
import { addressOf, assertBucket } from "./s3-target.ts";
import { startR2 } from "./start-r2.ts";

const address = (endpoint: string) => addressOf({ endpoint, region: "eu-west-1", bucket: "b" });

test("a bucket is addressed by path", () => {
  const expected = {
    originUrl: "http://127.0.0.1:9000",
    originPath: "/b",
    endpoint: "http://127.0.0.1:9000",
    forcePathStyle: true,
  };
  expect(address("http://127.0.0.1:9000")).toEqual(expected);
  expect(address("http://127.0.0.1:9000/")).toEqual(expected);
});

test("keeps a path in front of the bucket in endpoint and origin path", () => {
  expect(address("https://s3.example/a/b/")).toMatchObject({
    originUrl: "https://s3.example",
    originPath: "/a/b/b",
    endpoint: "https://s3.example/a/b",
  });
});

test.each(["https://s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"])(
  "puts the bucket into the host on AWS (%s)",
  (endpoint) => {
    expect(address(endpoint)).toEqual({
      originUrl: "https://b.s3.eu-west-1.amazonaws.com",
      originPath: "",
      forcePathStyle: false,
    });
  },
);

test("does not treat a host that looks like AWS as AWS", () => {
  expect(address("https://notamazonaws.com")).toMatchObject({ forcePathStyle: true });
});

test.each(["here", "ftp://s3", "http://s3?x", "http://s3#x", "http://user:secret@s3"])(
  "refuses %j as an endpoint",
  (endpoint) => {
    expect(() => address(endpoint)).toThrow(/^--s3-endpoint must be/);
  },
);

test.each([
  [404, "<Error><Code>NoSuchBucket</Code></Error>", "BUCKET_MISSING"],
  [403, "<Error><Code>AccessDenied</Code></Error>", "CREDENTIALS_REFUSED"],
  [301, "<Error><Code>PermanentRedirect</Code></Error>", "S3_REFUSED"],
  [500, "<Error><Code>InternalError</Code></Error>", "S3_REFUSED"],
  [200, "not XML at all <", "S3_REFUSED"],
])("a server that answers %i %s is reported as %s", async (status, body, code) => {
  const { url } = await startServer(
    (_, res) => void res.writeHead(status, { "Content-Type": "application/xml" }).end(body),
  );
  const target = {
    endpoint: url,
    region: "us-east-1",
    bucket: "b",
    credentials: { accessKeyId: "A", secretAccessKey: "S" },
  };
  await expect(assertBucket(target)).rejects.toMatchObject({ code, message: expect.not.stringContaining("\n") });
});

test(
  "distinguishes a missing bucket, a wrong key, a wrong secret and an existing bucket of a real server",
  { timeout: 30_000 },
  async () => {
    const r2 = await startR2({ buckets: ["there"] });
    onTestFinished(() => r2.stop());
    const target = { endpoint: r2.endpoint, region: r2.region, bucket: "there", credentials: r2.credentials };
    await assertBucket(target);
    await expect(assertBucket({ ...target, bucket: "elsewhere" })).rejects.toMatchObject({
      code: "BUCKET_MISSING",
      message: `there is no bucket elsewhere at ${r2.endpoint}: create it, or name another one with --bucket`,
    });
    for (const wrong of [{ accessKeyId: "WRONG" }, { secretAccessKey: "WRONG" }]) {
      const attempt = assertBucket({ ...target, credentials: { ...r2.credentials, ...wrong } });
      await expect(attempt).rejects.toMatchObject({
        code: "CREDENTIALS_REFUSED",
        message: expect.stringContaining("check AWS_ACCESS_KEY_ID"),
      });
    }
  },
);

test.each(["http://127.0.0.1:9", "http://nowhere.invalid"])(
  "reports that no server answers at %s",
  { timeout: 30_000 },
  async (endpoint) => {
    const target = {
      endpoint,
      region: "us-east-1",
      bucket: "b",
      credentials: { accessKeyId: "A", secretAccessKey: "S" },
    };
    await expect(assertBucket(target)).rejects.toMatchObject({
      code: "ENDPOINT_UNREACHABLE",
      message: expect.stringContaining(endpoint),
    });
  },
);
