import { createLeanIndexS3 } from "../src/lean/lean-index-s3.ts";
import type { IndexS3 } from "../src/s3/index-s3.ts";
import type { S3Access } from "../src/sdk/s3-client.ts";
import { createSdkIndexS3 } from "../src/sdk/sdk-index-s3.ts";
import { connect } from "./fake-s3.ts";

/** Opens one of the ways to S3 that an index has. */
export type OpenTransport = (access: S3Access) => IndexS3;

/** Every transport of an index: all have the same guarantees. */
export const transports: readonly (readonly [name: string, open: OpenTransport])[] = [
  ["the AWS SDK", (access) => createSdkIndexS3(connect(access))],
  ["the lean transport", createLeanIndexS3],
];

/** For requests that are never aborted. */
export const patient = new AbortController().signal;
