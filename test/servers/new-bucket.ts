import { randomUUID } from "node:crypto";

import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from "@aws-sdk/client-s3";

/** Makes a bucket that no other test knows, where the server lets buckets be made; returns its name. */
export async function newBucket(s3: S3Client, { versioned }: { versioned: boolean }): Promise<string> {
  const Bucket = `test-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (versioned) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  }
  return Bucket;
}
