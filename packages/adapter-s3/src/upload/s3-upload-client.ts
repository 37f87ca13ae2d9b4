import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

import { S3Client } from "@aws-sdk/client-s3";

import type { S3Access } from "../sdk/s3-client.ts";

/** How long a connection to the store may be silent, in milliseconds, before a request on it counts as failed. */
const MAX_SILENCE_MS = 30_000;

/**
 * Creates the S3 client that an upload sink is meant to run on: unlike an index, it may try every request again.
 *
 * @see createS3Client, for an index
 */
export function createS3UploadClient(access: S3Access): S3Client {
  return new S3Client({
    region: access.region,
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
    ...(access.credentials === undefined ? {} : { credentials: access.credentials }),
    forcePathStyle: access.forcePathStyle ?? false,
    maxAttempts: 3,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: MAX_SILENCE_MS,
      httpAgent: new HttpAgent({ keepAlive: true }),
      httpsAgent: new HttpsAgent({ keepAlive: true }),
    },
  });
}
