import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

interface StoredVersion {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

/** Removes every object under a folder, all versions included; leaves behind what may not be listed or removed. */
export async function removeFolder(s3: S3Client, bucket: string, folder: string): Promise<void> {
  for (;;) {
    const found = await firstPage(s3, bucket, folder);
    const removals = found.map(({ Key, VersionId }) =>
      s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId })),
    );
    const outcomes = await Promise.allSettled(removals);
    if (!outcomes.some(({ status }) => status === "fulfilled")) return;
  }
}

async function firstPage(s3: S3Client, bucket: string, folder: string): Promise<StoredVersion[]> {
  const page = { Bucket: bucket, Prefix: folder, MaxKeys: 100 };
  try {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand(page));
    return [...Versions, ...DeleteMarkers];
  } catch {
    // A server without versions, such as R2.
  }
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command(page));
    return Contents;
  } catch {
    return [];
  }
}
