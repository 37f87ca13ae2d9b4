import { createS3Client } from "@presign-once/adapter-s3";
import type { Strategy } from "@presign-once/adapter-s3/strategies";
import { inject } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";
import type { Place } from "./place.ts";

/**
 * Makes a bucket on the Ceph of this test run.
 *
 * @param strategy   of the index in it
 * @param versioned  whether the bucket keeps versions
 */
export async function makeCephPlace(strategy: Strategy, versioned: boolean): Promise<Place> {
  const server = { ...inject("ceph"), stop: async () => {} };
  const s3 = createS3Client(server);
  const bucket = await newBucket(s3, { versioned });
  s3.destroy();
  return { server, bucket, options: { strategy }, stop: async () => {} };
}
