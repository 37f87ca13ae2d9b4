import type { CORSRule, LifecycleRule, ServerSideEncryptionByDefault } from "@aws-sdk/client-s3";

import type { AwsClients } from "./aws-clients.ts";
import { type Fact, readFact } from "./fact.ts";

/** The settings of a bucket. */
export interface BucketFacts {
  readonly bucket: string;
  /** `undefined`: there is no such bucket. */
  readonly region: Fact<string | undefined>;
  /** `undefined`: S3's own keys, which every bucket has by default. */
  readonly encryption: Fact<ServerSideEncryptionByDefault | undefined>;
  readonly versioned: Fact<boolean>;
  readonly lifecycle: Fact<readonly LifecycleRule[]>;
  readonly cors: Fact<readonly CORSRule[]>;
  /** Whether all four blocks of public access are on. */
  readonly blocksPublicAccess: Fact<boolean>;
  /** Whether its policy lets the public in. */
  readonly hasPublicPolicy: Fact<boolean>;
  /** Whether new objects get a retention period of Object Lock. */
  readonly locksObjects: Fact<boolean>;
}

/**
 * Reads the settings of a bucket. One that was never made reads as its default.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
export async function readBucket({ s3 }: AwsClients, bucket: string): Promise<BucketFacts> {
  const { client } = s3;
  const of = { Bucket: bucket };
  const [region, encryption, versioned, lifecycle, cors, blocksPublicAccess, hasPublicPolicy, locksObjects] =
    await Promise.all([
      readFact(
        "s3:GetBucketLocation",
        async () => {
          const { LocationConstraint } = await client.send(new s3.GetBucketLocationCommand(of));
          // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html: nothing for the oldest, EU for the second
          return LocationConstraint === undefined ? "us-east-1" : LocationConstraint.replace(/^EU$/, "eu-west-1");
        },
        { codes: ["NoSuchBucket"], value: undefined },
      ),
      readFact(
        "s3:GetEncryptionConfiguration",
        async () => {
          const { ServerSideEncryptionConfiguration } = await client.send(new s3.GetBucketEncryptionCommand(of));
          return ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
        },
        { codes: ["ServerSideEncryptionConfigurationNotFoundError"], value: undefined },
      ),
      readFact(
        "s3:GetBucketVersioning",
        async () => (await client.send(new s3.GetBucketVersioningCommand(of))).Status === "Enabled",
      ),
      readFact(
        "s3:GetLifecycleConfiguration",
        async () => (await client.send(new s3.GetBucketLifecycleConfigurationCommand(of))).Rules ?? [],
        { codes: ["NoSuchLifecycleConfiguration"], value: [] },
      ),
      readFact("s3:GetBucketCORS", async () => (await client.send(new s3.GetBucketCorsCommand(of))).CORSRules ?? [], {
        codes: ["NoSuchCORSConfiguration"],
        value: [],
      }),
      readFact(
        "s3:GetBucketPublicAccessBlock",
        async () => {
          const { PublicAccessBlockConfiguration: blocks = {} } = await client.send(
            new s3.GetPublicAccessBlockCommand(of),
          );
          const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } = blocks;
          return [BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets].every(
            (on) => on === true,
          );
        },
        { codes: ["NoSuchPublicAccessBlockConfiguration"], value: false },
      ),
      readFact(
        "s3:GetBucketPolicyStatus",
        async () => (await client.send(new s3.GetBucketPolicyStatusCommand(of))).PolicyStatus?.IsPublic === true,
        { codes: ["NoSuchBucketPolicy"], value: false },
      ),
      readFact(
        "s3:GetBucketObjectLockConfiguration",
        async () => {
          const { ObjectLockConfiguration } = await client.send(new s3.GetObjectLockConfigurationCommand(of));
          return ObjectLockConfiguration?.Rule?.DefaultRetention !== undefined;
        },
        { codes: ["ObjectLockConfigurationNotFoundError"], value: false },
      ),
    ]);
  return {
    bucket,
    region,
    encryption,
    versioned,
    lifecycle,
    cors,
    blocksPublicAccess,
    hasPublicPolicy,
    locksObjects,
  };
}
