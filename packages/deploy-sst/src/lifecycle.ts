import type { BucketOptions, BucketRef } from "./bucket.ts";
import { INDEX_FOLDER } from "./folders.ts";
import type { Providers } from "./providers.ts";

/**
 * An entry has to outlive its URL, or the URL would be new again: a day more than the longest life of any ticket, 30 days. It does
 * not follow `maxExpiresInSeconds`: entries made in a time of longer lives would be removed, and with `sealed` their tickets
 * would be free again once the longer life is set back.
 */
const ENTRY_DAYS = 31;

const UNFINISHED_UPLOADS = {
  id: "unfinished-uploads",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
};

const OLD_ENTRIES = {
  id: "index-entries",
  status: "Enabled",
  filter: { prefix: INDEX_FOLDER },
  expiration: { days: ENTRY_DAYS },
  noncurrentVersionExpiration: { noncurrentDays: 1 },
};

/** The lifecycle rules of a bucket: `index` says whether the index is in it. */
export function lifecycleRules({ index }: { readonly index: boolean }) {
  return index ? [UNFINISHED_UPLOADS, OLD_ENTRIES] : [UNFINISHED_UPLOADS];
}

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
      rules: lifecycleRules({ index }),
    },
    { retainOnDelete: keep, dependsOn: [...ready] },
  );
}
