import { GetBucketVersioningCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { proveOneObject } from "@presign-once/adapter-s3";

import { describeS3Failure } from "./describe-s3-failure.ts";
import type { FunctionCredentials } from "./lambda-environment.ts";
import { LocalEdgeError } from "./local-edge-error.ts";

/** One bucket on one S3 server. */
export type S3Target = { endpoint: string; region: string; bucket: string; credentials: FunctionCredentials };

/** How the edge reaches a bucket. AWS names it in the host; other servers in the path. */
export type S3Address = {
  /** Scheme, host and port of the origin. */
  originUrl: string;
  /** CloudFront's origin path; empty on AWS. */
  originPath: string;
  /** Set for every server but AWS, because the SDK knows the endpoints of AWS. */
  endpoint?: string;
  forcePathStyle: boolean;
};

/**
 * Works out origin and origin path of a bucket.
 *
 * @throws {LocalEdgeError} `OPTION_INVALID`: the endpoint is no http or https URL, or has a query
 */
export function addressOf({ endpoint, region, bucket }: Pick<S3Target, "endpoint" | "region" | "bucket">): S3Address {
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new LocalEdgeError(
      "OPTION_INVALID",
      "--s3-endpoint must be an http or https URL without user, query or fragment, such as http://127.0.0.1:9000",
    );
  }
  if (/(^|\.)amazonaws\.com(\.cn)?$/.test(url.hostname)) {
    const suffix = url.hostname.endsWith(".cn") ? "amazonaws.com.cn" : "amazonaws.com";
    return { originUrl: `https://${bucket}.s3.${region}.${suffix}`, originPath: "", forcePathStyle: false };
  }
  const path = url.pathname.replace(/\/+$/, "");
  return {
    originUrl: url.origin,
    originPath: `${path}/${bucket}`,
    endpoint: `${url.origin}${path}`,
    forcePathStyle: true,
  };
}

/** Whether an endpoint is the S3 API of R2 in miniflare, which knows no CORS rules and trusts headers that it must not. */
export function isMiniflareR2({ endpoint }: Pick<S3Target, "endpoint">): boolean {
  return URL.parse(endpoint)?.pathname.startsWith("/cdn-cgi/local/r2/s3") ?? false;
}

/**
 * Asks for one page of a bucket, to know before the first request that server, bucket and credentials fit together.
 *
 * Listing, not HEAD: a refused HEAD has no body that says why.
 *
 * @throws {LocalEdgeError} `ENDPOINT_UNREACHABLE`, `BUCKET_MISSING`, `CREDENTIALS_REFUSED` or `S3_REFUSED`
 */
export async function assertBucket(target: S3Target): Promise<void> {
  await ask(target, async (s3) => {
    try {
      await s3.send(new ListObjectsV2Command({ Bucket: target.bucket, MaxKeys: 1 }));
    } catch (failure) {
      throw describeS3Failure(failure, target);
    }
  });
}

/** Whether a bucket keeps versions of its objects; false also where that may not be asked. */
export async function keepsVersions(target: S3Target): Promise<boolean> {
  return ask(target, (s3) =>
    s3.send(new GetBucketVersioningCommand({ Bucket: target.bucket })).then(
      ({ Status }) => Status === "Enabled",
      () => false,
    ),
  );
}

/**
 * Tries whether a bucket keeps one object of two uploads of one key that overlap, as retries by the same client need it.
 * Leaves nothing behind.
 */
export async function keepsOneObject(target: S3Target): ReturnType<typeof proveOneObject> {
  return ask(target, (s3) => proveOneObject({ s3, bucket: target.bucket }));
}

async function ask<T>(target: S3Target, question: (s3: S3Client) => Promise<T>): Promise<T> {
  const { endpoint, forcePathStyle } = addressOf(target);
  const s3 = new S3Client({
    region: target.region,
    credentials: target.credentials,
    forcePathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  try {
    return await question(s3);
  } finally {
    s3.destroy();
  }
}
