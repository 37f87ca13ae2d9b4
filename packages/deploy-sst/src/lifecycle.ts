import type { BucketOptions, BucketRef } from "./bucket.ts";
import { INDEX_FOLDER } from "./folders.ts";
import type { Providers } from "./providers.ts";

/** No presigned URL lives longer than 7 days. */
const LEAST_ENTRY_DAYS = 8;
const DAY_SECONDS = 86_400;

const UNFINISHED_UPLOADS = {
  id: "unfinished-uploads",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
};

/** An entry has to outlive its URL, or the URL would be new again. */
function expireEntries(maxExpiresInSeconds: number) {
  return {
    id: "index-entries",
    status: "Enabled",
    filter: { prefix: INDEX_FOLDER },
    expiration: { days: Math.max(LEAST_ENTRY_DAYS, Math.ceil(maxExpiresInSeconds / DAY_SECONDS) + 1) },
    noncurrentVersionExpiration: { noncurrentDays: 1 },
  };
}

/**
 * Expires what is not needed any more: parts of uploads that were never finished, and old index entries.
 *
 * @param options.index  whether the index is in this bucket
 * @param options.maxExpiresInSeconds  longest life of a URL; default: less than a day
 */
export function createLifecycle(
  { aws }: Providers,
  name: string,
  { bucket, ready }: BucketRef,
  {
    index,
    maxExpiresInSeconds = 0,
    keep,
    region,
  }: { readonly index: boolean; readonly maxExpiresInSeconds?: number | undefined } & Pick<
    BucketOptions,
    "keep" | "region"
  >,
): void {
  new aws.s3.BucketLifecycleConfiguration(
    `${name}Lifecycle`,
    {
      ...(region === undefined ? {} : { region }),
      bucket,
      rules: index ? [UNFINISHED_UPLOADS, expireEntries(maxExpiresInSeconds)] : [UNFINISHED_UPLOADS],
    },
    { retainOnDelete: keep, dependsOn: [...ready] },
  );
}
