import { createS3Client } from "@presign-once/adapter-s3";
import { startLocal } from "@presign-once/local-edge";
import { afterAll, expect, inject, test } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";

const s3 = inject("ceph");
const client = createS3Client(s3);
afterAll(() => client.destroy());

test.each([
  ["with versions", true, "conditional", "versioning"],
  ["with versions", true, "sealed", "versioning"],
] as const)(
  "on a bucket %s (%s) it refuses %s and suggests %s",
  { timeout: 120_000 },
  async (_kind, versioned, strategy, suggested) => {
    const bucket = await newBucket(client, { versioned });
    await expect(startLocal({ bucket, s3, strategy })).rejects.toMatchObject({
      code: "STRATEGY_UNSAFE",
      message: expect.stringContaining(`--strategy ${suggested} was not disproved there`),
    });
  },
);

test.each([
  ["conditional", false],
  ["sealed", false],
  ["versioning", true],
] as const)("%s starts on the bucket that is fit for it", { timeout: 60_000 }, async (strategy, versioned) => {
  const bucket = await newBucket(client, { versioned });
  const local = await startLocal({ bucket, s3, strategy });
  await local.stop();
});
