import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { createS3Client } from "@presign-once/adapter-s3";
import { doctor } from "@presign-once/adapter-s3/doctor";
import { afterAll, expect, inject, test } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";

const access = inject("ceph");
const s3 = createS3Client(access);
afterAll(() => s3.destroy());

const effort = { rounds: 3, claimants: 32, limits: { requestMs: 5_000, totalMs: 6_000 } };
/** For a strategy that uses all its time for every claim. */
const little = { rounds: 1, claimants: 8, limits: { requestMs: 1_000, totalMs: 1_200 } };

test("on a versioned bucket, conditional is unsafe and versioning is not disproved", { timeout: 300_000 }, async () => {
  const bucket = await newBucket(s3, { versioned: true });
  const unsafe = await doctor({ access, bucket, strategies: ["conditional"], ...little });
  expect(unsafe).toMatchObject([{ strategy: "conditional", verdict: "unsafe" }]);
  const reports = await doctor({ access, bucket, strategies: ["versioning"], ...effort });
  expect(reports).toMatchObject([{ strategy: "versioning", verdict: "not-disproved", rounds: 3, claimants: 32 }]);

  // Versions and delete markers included.
  const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  expect([Versions, DeleteMarkers]).toEqual([undefined, undefined]);
});

test("on an unversioned bucket versioning is unavailable", async () => {
  const bucket = await newBucket(s3, { versioned: false });
  const reports = await doctor({ access, bucket, strategies: ["versioning"], ...effort });
  expect(reports).toMatchObject([{ verdict: "unavailable", reason: `versioning is off on ${bucket}` }]);
});

test("on an unversioned bucket conditional is not disproved", { timeout: 300_000 }, async () => {
  const bucket = await newBucket(s3, { versioned: false });
  const reports = await doctor({ access, bucket, strategies: ["conditional"], ...effort });
  expect(reports).toMatchObject([{ verdict: "not-disproved", rounds: 3, claimants: 32 }]);
});
