import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

import { watchIdleSockets } from "../s3/idle-sockets.ts";
import type { S3Location } from "../s3/s3-address.ts";

/** Where S3 is and who calls it. */
export interface S3Access extends S3Location {
  /** Default: the SDK's own chain, which in Lambda finds the function's role. */
  readonly credentials?: S3ClientConfig["credentials"] | undefined;
}

/** Longest wait for a connection, in milliseconds; the SDK by itself leaves it to the system, which takes minutes. */
const CONNECTION_TIMEOUT_MS = 2_000;

/**
 * Creates the S3 client that the presigner is meant to run on, and the indexes through `createSdkIndexS3`.
 *
 * It makes one attempt a request, since the indexes retry by themselves and must know what each attempt did; it adds no
 * checksum that was not asked for, since the presigner would sign the one of an empty body; and it drops sockets that
 * idled, since a function that was frozen finds its kept-alive ones dead, and a write on a dead socket is undecided.
 */
export function createS3Client(access: S3Access): S3Client {
  const agents = { httpAgent: new HttpAgent({ keepAlive: true }), httpsAgent: new HttpsAgent({ keepAlive: true }) };
  const s3 = new S3Client({
    region: access.region,
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
    ...(access.credentials === undefined ? {} : { credentials: access.credentials }),
    forcePathStyle: access.forcePathStyle ?? false,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { ...agents, connectionTimeout: CONNECTION_TIMEOUT_MS },
  });
  const closeIdle = Object.values(agents).map(watchIdleSockets);
  s3.middlewareStack.add(
    (next) => (args) => {
      for (const close of closeIdle) close();
      return next(args);
    },
    { step: "finalizeRequest", name: "closeIdleSockets" },
  );
  return s3;
}
