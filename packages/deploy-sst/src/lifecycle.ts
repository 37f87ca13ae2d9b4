import type { BucketOptions, BucketRef } from "./bucket.ts";
import { INDEX_FOLDER } from "./folders.ts";
import type { Providers } from "./providers.ts";

/** No presigned URL lives longer than 7 days; an entry has to outlive its URL, or the URL would be new again. */
const INDEX_ENTRY_DAYS = 8;

const UNFINISHED_UPLOADS = {
  id: "unfinished-uploads",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
};

const INDEX_ENTRIES = {
  id: "index-entries",
  status: "Enabled",
  filter: { prefix: INDEX_FOLDER },
  expiration: { days: INDEX_ENTRY_DAYS },
  noncurrentVersionExpiration: { noncurrentDays: 1 },
};

/**
 * Expires what is not needed any more: parts of uploads that were never finished, and old index entries.
 *
 * @param options.index  whether the index is in this bucket
 */
export function createLifecycle(
  { aws }: Providers,
  name: string,
  { bucket, ready }: BucketRef,
  { index, keep, region }: { readonly index: boolean } & Pick<BucketOptions, "keep" | "region">,
): void {
  new aws.s3.BucketLifecycleConfiguration(
    `${name}Lifecycle`,
    {
      ...(region === undefined ? {} : { region }),
      bucket,
      rules: index ? [UNFINISHED_UPLOADS, INDEX_ENTRIES] : [UNFINISHED_UPLOADS],
    },
    { retainOnDelete: keep, dependsOn: [...ready] },
  );
}
