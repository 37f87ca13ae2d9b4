import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createS3Client } from "@presign-once/adapter-s3";
import { afterAll, beforeAll, describe, inject } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";
import { bindLaws } from "./harness.ts";

const access = inject("ceph");
const races = { rounds: 10, claimants: 32 };

let s3: S3Client;
beforeAll(() => {
  s3 = createS3Client(access);
});
afterAll(() => s3.destroy());

describe.each([
  ["versioning", "with versions", true],
  ["conditional", "without versions", false],
  ["sealed", "without versions", false],
] as const)("%s on a bucket of Ceph %s", (strategy, _kind, versioned) => {
  describe("that holds the uploads too", () => {
    let bucket: string;
    beforeAll(async () => {
      bucket = await newBucket(s3, { versioned });
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "uploads/1", Body: "an upload" }));
    });
    bindLaws(strategy, () => ({ access, bucket, ...races }));
  });

  describe("of its own", () => {
    let bucket: string;
    beforeAll(async () => {
      bucket = await newBucket(s3, { versioned });
    });
    bindLaws(strategy, () => ({ access, bucket, prefix: "", ...races, rounds: 3 }));
  });
});
