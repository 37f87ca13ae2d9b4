import { PresignOnceError } from "@presign-once/core";

import type { AwsClients } from "./aws-clients.ts";
import { andThen, type Fact, readFact, unread } from "./fact.ts";

/** An object that is still there, and why. */
export interface RemainingObject {
  readonly key: string;
  readonly reason: string;
}

/**
 * Removes objects with all their versions: of these keys exactly, and of no other that begins with one of them. Needs
 * `s3:ListBucketVersions` and `s3:DeleteObjectVersion`. A key that is not there counts as removed. What fails is no
 * error: the report of a test is worth more than that.
 *
 * @returns those that remain
 */
export async function removeObjects(
  clients: AwsClients,
  bucket: string,
  keys: readonly string[],
): Promise<readonly RemainingObject[]> {
  const remaining: RemainingObject[] = [];
  for (const key of keys) {
    const removed = await removeVersions(clients, bucket, key).catch(asUnread);
    if (removed.status === "unread") remaining.push({ key, reason: removed.reason });
  }
  return remaining;
}

async function removeVersions({ s3 }: AwsClients, Bucket: string, Key: string): Promise<Fact<void>> {
  const { client, ListObjectVersionsCommand, DeleteObjectCommand } = s3;
  const listed = await readFact("s3:ListBucketVersions", async () => {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: Key }),
    );
    return [...Versions, ...DeleteMarkers].filter((version) => version.Key === Key);
  });
  return andThen(listed, (versions) =>
    readFact("s3:DeleteObjectVersion", async () => {
      for (const { VersionId } of versions) await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }),
  );
}

/** The credentials may have ended since the deployment was read. */
function asUnread(error: unknown): Fact<never> {
  if (error instanceof PresignOnceError) return unread(error.message);
  throw error;
}
