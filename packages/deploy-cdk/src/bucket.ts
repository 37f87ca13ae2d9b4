import {
  corsRules,
  lifecycleRules,
  NO_PUBLIC_ACCESS,
  OWNERSHIP,
  policy,
  type PolicyDocument,
  tlsOnly,
  WITH_OWN_KEYS,
  withKey,
} from "@presign-once/deploy-sst/stack";
import { aws_s3 as s3, CfnDeletionPolicy, type CfnResource } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** How a bucket is made. */
interface BucketOptions {
  readonly bucketName: string;
  readonly keep: boolean;
  readonly versioned: boolean;
  readonly keyArn: string | undefined;
  /** Whether the index is in it. */
  readonly index: boolean;
  /** Pages that may upload to it. */
  readonly origins: readonly string[];
}

/** Makes a bucket that cannot be opened up by mistake: public access blocked, access lists off, encrypted. */
export function createBucket(scope: Construct, id: string, options: BucketOptions): s3.CfnBucket {
  const { bucketName, keep, versioned, keyArn, index, origins } = options;
  const { applyServerSideEncryptionByDefault, ...more } = keyArn === undefined ? WITH_OWN_KEYS : withKey(keyArn);
  const bucket = new s3.CfnBucket(scope, id, {
    bucketName,
    publicAccessBlockConfiguration: NO_PUBLIC_ACCESS,
    ownershipControls: { rules: [OWNERSHIP] },
    bucketEncryption: {
      serverSideEncryptionConfiguration: [
        { serverSideEncryptionByDefault: applyServerSideEncryptionByDefault, ...more },
      ],
    },
    ...(versioned ? { versioningConfiguration: { status: "Enabled" } } : {}),
    lifecycleConfiguration: {
      rules: lifecycleRules({ index }).map(({ filter, ...rule }) => ({
        ...rule,
        prefix: filter.prefix,
        ...("expiration" in rule ? { expirationInDays: rule.expiration.days } : {}),
      })),
    },
    ...(origins.length === 0
      ? {}
      : {
          corsConfiguration: {
            corsRules: corsRules(origins).map(({ exposeHeaders, maxAgeSeconds, ...rule }) => ({
              ...rule,
              exposedHeaders: exposeHeaders,
              maxAge: maxAgeSeconds,
            })),
          },
        }),
  });
  return keepIf(keep, bucket);
}

/** Sets the one policy of a bucket: TLS only, and whatever else is given. */
export function createBucketPolicy(
  scope: Construct,
  id: string,
  { bucket, arn, keep }: { readonly bucket: s3.CfnBucket; readonly arn: string; readonly keep: boolean },
  ...more: PolicyDocument["Statement"]
): void {
  const policyDocument = policy(tlsOnly(arn), ...more);
  keepIf(keep, new s3.CfnBucketPolicy(scope, id, { bucket: bucket.ref, policyDocument }));
}

/** What becomes of a resource when the stack is removed. */
export function keepIf<Resource extends CfnResource>(keep: boolean, resource: Resource): Resource {
  const policyOfDeletion = keep ? CfnDeletionPolicy.RETAIN : CfnDeletionPolicy.DELETE;
  resource.cfnOptions.deletionPolicy = policyOfDeletion;
  resource.cfnOptions.updateReplacePolicy = policyOfDeletion;
  return resource;
}
