import { GetObjectCommand, ListObjectVersionsCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import type { Strategy } from "@presign-once/adapter-s3/strategies";

/** Who has written what about one hash, read straight from the server. */
export interface Entry {
  /** The claimant that owns the hash; `undefined`: none. */
  readonly owner: string | undefined;
  /** All claimants with a claim in the store. */
  readonly writers: readonly string[];
}

/**
 * Reads an entry without the help of the index: the object, or for `versioning` its oldest version.
 *
 * @throws when the entry is no entry at all
 */
export async function readOwner(s3: S3Client, bucket: string, strategy: Strategy, hash: string): Promise<Entry> {
  if (strategy !== "versioning") {
    const Key = `signatures/${strategy === "sealed" ? "claims/" : ""}${hash}`;
    const claimant = await claimantOf(s3, { Bucket: bucket, Key }).catch((error: unknown) => {
      if (strategy === "sealed" && error instanceof NoSuchKey) return undefined; // not claimed
      throw error;
    });
    return { owner: claimant, writers: claimant === undefined ? [] : [claimant] };
  }
  const Key = `signatures/expired/${hash}`;
  const { Versions = [], IsTruncated } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: Key }));
  if (IsTruncated) throw new Error("more versions than any round can write");
  const writers: string[] = [];
  for (const { VersionId } of Versions) {
    const claimant = await claimantOf(s3, { Bucket: bucket, Key, VersionId });
    if (claimant !== undefined) writers.push(claimant);
  }
  return { owner: writers.at(-1), writers };
}

async function claimantOf(
  s3: S3Client,
  object: { readonly Bucket: string; readonly Key: string; readonly VersionId?: string | undefined },
): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand(object));
  const entry = JSON.parse((await Body?.transformToString()) ?? "") as { readonly claimant?: string };
  return entry.claimant;
}
