import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createS3Client, createVersionHistory } from "@presign-once/adapter-s3";
import { injectFault } from "@presign-once/adapter-s3/doctor";
import { historyLaws } from "@presign-once/core/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";
import { transportNames, transports } from "./transports.ts";

const access = inject("ceph");
const limits = { requestMs: 5_000, totalMs: 8_000 };

let s3: S3Client;
let Bucket: string;
beforeAll(async () => {
  s3 = createS3Client(access);
  Bucket = await newBucket(s3, { versioned: true });
});
afterAll(() => s3.destroy());

describe.each(transportNames)("the versions of a bucket of Ceph, through the transport %s", (transport) => {
  test.each(historyLaws.map((law) => [law.name, law] as const))("%s", { timeout: 60_000 }, async (_name, law) => {
    const { s3: sound, close } = transports[transport](access);
    await law.check({
      open: (fault) => {
        const place = { s3: fault === undefined ? sound : injectFault(sound, "unavailable-storm"), bucket: Bucket };
        return createVersionHistory({
          ...place,
          limits: fault === undefined ? limits : { requestMs: 200, totalMs: 300 },
        });
      },
      store: async (Key) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))).ETag ?? "none",
      remove: async (Key) => void (await s3.send(new DeleteObjectCommand({ Bucket, Key }))),
    });
    close();
  });

  test("are no evidence if the bucket has no versioning", async () => {
    const { s3: sound, close } = transports[transport](access);
    const plain = await newBucket(s3, { versioned: false });
    const history = createVersionHistory({ s3: sound, bucket: plain, limits });
    expect(await history.wasStored("uploads/1")).toMatchObject({
      status: "indeterminate",
      cause: { code: "INDEX_MISCONFIGURED" },
    });
    close();
  });
});
