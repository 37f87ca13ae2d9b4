import type * as Pulumi from "@pulumi/pulumi";

import { type KeyArgument, keyIn } from "./kms-key.ts";
import { policy, type Statement, tlsOnly } from "./policies.ts";
import type { Input, Output, Providers } from "./providers.ts";

/** A bucket, made by this stack or found. */
export interface BucketRef {
  readonly bucket: Output<string>;
  readonly arn: Output<string>;
  readonly region: Output<string>;
  readonly regionalDomainName: Output<string>;
  /** Of the KMS key that objects are encrypted with, if not with S3's own keys. */
  readonly keyArn: Output<string | undefined>;
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
  /** KMS key to encrypt with; default: S3's own keys. */
  readonly key?: KeyArgument | undefined;
}

/**
 * Makes a bucket that cannot be opened up by mistake: public access blocked, access lists off, encrypted.
 *
 * Its policy is left to `createBucketPolicy`, since a bucket has but one.
 */
export function createBucket(
  { aws, pulumi }: Providers,
  name: string,
  { keep, versioned, region, key }: BucketOptions,
): BucketRef {
  const kept = { retainOnDelete: keep };
  const inRegion = region === undefined ? {} : { region };
  const made = new aws.s3.Bucket(name, { ...inRegion, forceDestroy: !keep }, kept);
  const keyArn = keyIn({ pulumi }, made.region, key);
  const of = { ...inRegion, bucket: made.bucket };
  const ready: Pulumi.Resource[] = [
    new aws.s3.BucketPublicAccessBlock(`${name}Private`, { ...of, ...NO_PUBLIC_ACCESS }, kept),
    new aws.s3.BucketOwnershipControls(`${name}Owner`, { ...of, rule: OWNERSHIP }, kept),
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}Encryption`,
      { ...of, rules: [key === undefined ? WITH_OWN_KEYS : withKey(keyArn as Input<string>)] },
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
    keyArn,
    ready,
  };
}

/** No bucket policy and no access list opens a bucket. */
export const NO_PUBLIC_ACCESS = {
  ...{ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
};

/** Access lists are off. */
export const OWNERSHIP = { objectOwnership: "BucketOwnerEnforced" };

/** Encrypts with S3's own keys. */
export const WITH_OWN_KEYS = { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };

/** With a bucket key, S3 asks KMS once in a while, and not for every object. */
export function withKey<Text>(keyArn: Text) {
  const byDefault = { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn };
  return { applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: true };
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

/**
 * Looks up a bucket that exists.
 *
 * @param key  of its default encryption, where that is a KMS key
 */
export function findBucket({ aws, pulumi }: Providers, bucket: Input<string>, key: KeyArgument | undefined): BucketRef {
  const found = aws.s3.getBucketOutput({ bucket });
  return {
    bucket: pulumi.output(bucket),
    arn: found.arn,
    region: found.bucketRegion,
    regionalDomainName: found.bucketRegionalDomainName,
    keyArn: keyIn({ pulumi }, found.bucketRegion, key),
    ready: [],
  };
}
