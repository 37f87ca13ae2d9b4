import type * as Pulumi from "@pulumi/pulumi";

import { policy, type Statement, tlsOnly } from "./policies.ts";
import type { Input, Output, Providers } from "./providers.ts";

/** A bucket, made by this stack or found. */
export interface BucketRef {
  readonly bucket: Output<string>;
  readonly arn: Output<string>;
  readonly region: Output<string>;
  readonly regionalDomainName: Output<string>;
  /** What has to be in place before the bucket is used. */
  readonly ready: readonly Pulumi.Resource[];
}

/** How a bucket is made. */
export interface BucketOptions {
  /** Keep bucket and settings when the stack is removed; otherwise both go, with all objects. */
  readonly keep: boolean;
  readonly versioned: boolean;
  /** Default: the provider's. */
  readonly region?: Input<string>;
}

/**
 * Makes a bucket that cannot be opened up by mistake: public access blocked, access lists off, encrypted with S3's own keys.
 *
 * Its policy is left to `createBucketPolicy`, since a bucket has but one.
 */
export function createBucket({ aws }: Providers, name: string, { keep, versioned, region }: BucketOptions): BucketRef {
  const kept = { retainOnDelete: keep };
  const inRegion = region === undefined ? {} : { region };
  const made = new aws.s3.Bucket(name, { ...inRegion, forceDestroy: !keep }, kept);
  const of = { ...inRegion, bucket: made.bucket };
  const ready: Pulumi.Resource[] = [
    new aws.s3.BucketPublicAccessBlock(
      `${name}Private`,
      { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      kept,
    ),
    new aws.s3.BucketOwnershipControls(
      `${name}Owner`,
      { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
      kept,
    ),
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}Encryption`,
      { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      kept,
    ),
  ];
  if (versioned)
    ready.push(
      new aws.s3.BucketVersioning(`${name}Versions`, { ...of, versioningConfiguration: { status: "Enabled" } }, kept),
    );
  return {
    bucket: made.bucket,
    arn: made.arn,
    region: made.region,
    regionalDomainName: made.bucketRegionalDomainName,
    ready,
  };
}

/**
 * Sets the one policy of a bucket: TLS only, and whatever else is given.
 *
 * @param statements  of the bucket's ARN, once it is known
 */
export function createBucketPolicy(
  { aws, pulumi }: Providers,
  name: string,
  { bucket, arn, ready }: BucketRef,
  { keep, region }: Pick<BucketOptions, "keep" | "region">,
  statements: (bucketArn: string) => Input<readonly Statement[]> = () => [],
): void {
  const document = arn.apply((known) =>
    pulumi
      .output(statements(known))
      .apply((more) => JSON.stringify(policy(tlsOnly(known), ...(more as readonly Statement[])))),
  );
  new aws.s3.BucketPolicy(
    `${name}Policy`,
    { ...(region === undefined ? {} : { region }), bucket, policy: document },
    { retainOnDelete: keep, dependsOn: [...ready] }, // S3 refuses two changes of one bucket at the same time
  );
}

/** Looks up a bucket that exists. */
export function findBucket({ aws, pulumi }: Providers, bucket: Input<string>): BucketRef {
  const found = aws.s3.getBucketOutput({ bucket });
  return {
    bucket: pulumi.output(bucket),
    arn: found.arn,
    region: found.bucketRegion,
    regionalDomainName: found.bucketRegionalDomainName,
    ready: [],
  };
}
