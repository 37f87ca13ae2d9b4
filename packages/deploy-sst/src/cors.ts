import type { BucketOptions, BucketRef } from "./bucket.ts";
import type { Providers } from "./providers.ts";

/** The CORS rules of the uploads' bucket. */
export function corsRules(origins: readonly string[]) {
  return [
    {
      allowedOrigins: [...origins],
      allowedMethods: ["PUT"],
      allowedHeaders: ["*"],
      exposeHeaders: ["ETag"],
      maxAgeSeconds: 600,
    },
  ];
}

/** Lets pages of the given origins read S3's answers to their uploads; preflights never get as far as S3. */
export function createCors(
  { aws }: Providers,
  name: string,
  { bucket, ready }: BucketRef,
  { origins, keep }: { readonly origins: readonly string[] } & Pick<BucketOptions, "keep">,
): void {
  if (origins.length === 0) return;
  new aws.s3.BucketCorsConfiguration(
    `${name}Cors`,
    {
      bucket,
      corsRules: corsRules(origins),
    },
    { retainOnDelete: keep, dependsOn: [...ready] },
  );
}
