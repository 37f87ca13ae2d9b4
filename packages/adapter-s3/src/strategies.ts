import type { S3Client } from "@aws-sdk/client-s3";
import type { SignatureIndex } from "@presign-once/core";

import { createConditionalIndex } from "./conditional-index.ts";
import type { TimeLimits } from "./deadline.ts";
import { createVersioningIndex } from "./versioning-index.ts";

/** What an index needs to know of its place. */
export interface IndexPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix?: string;
  readonly limits?: TimeLimits;
}

/**
 * Every way of claiming that this package has, by the name that configurations use.
 *
 * `conditional-unquoted` is `conditional` for servers that understand only an `If-Match` without quotes (Ceph RGW 16).
 */
export const strategies = {
  conditional: createConditionalIndex,
  "conditional-unquoted": (place: IndexPlace) => createConditionalIndex({ ...place, unquotedEtag: true }),
  versioning: createVersioningIndex,
} satisfies Record<string, (place: IndexPlace) => SignatureIndex>;

/** The name of a strategy. */
export type Strategy = keyof typeof strategies;

/** Every strategy's name. */
export const strategyNames = Object.keys(strategies) as Strategy[];
