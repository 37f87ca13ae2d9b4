import { createHash } from "node:crypto";

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { S3Server } from "../../../servers/s3-server.ts";
import { s3Client } from "../../../servers/sign.ts";
import { type StrictS3, startStrictS3 } from "./strict-s3.ts";
import { startStubStore } from "./stub-store.ts";

describe("with kmsEtags", () => {
  let store: S3Server;
  let plain: StrictS3;
  let kms: StrictS3;
  beforeAll(async () => {
    store = await startStubStore();
    plain = await startStrictS3({ store });
    kms = await startStrictS3({ store: plain, kmsEtags: true }); // before one that checks signatures
  });
  afterAll(async () => {
    for (const one of [kms, plain, store]) await one?.stop();
  });

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
    await s3Client(plain).send(new PutObjectCommand({ Bucket: "b", Key: "old", Body: "hello" }));
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
