import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Local } from "@presign-once/local-edge";

/** What is in the bucket of a local edge, without the index. */
export interface Bucket {
  keys(): Promise<string[]>;
  head(key: string): Promise<{ bytes: number; type: string | undefined; metadata: Record<string, string> }>;
  read(key: string): Promise<Buffer>;
}

/** Looks into the bucket behind an edge, past the edge. */
export function bucketOf({ s3: target, bucket: Bucket }: Local, whenDone: (undo: () => void) => void): Bucket {
  const s3 = new S3Client({ ...target, forcePathStyle: true });
  whenDone(() => s3.destroy());
  return {
    async keys() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "uploads/" }));
      return Contents.map(({ Key }) => Key!);
    },
    async head(Key) {
      const { ContentLength, ContentType, Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      return { bytes: ContentLength ?? Number.NaN, type: ContentType, metadata: Metadata ?? {} };
    },
    async read(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from(await Body!.transformToByteArray());
    },
  };
}
