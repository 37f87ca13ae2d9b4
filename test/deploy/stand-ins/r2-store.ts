import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";

import { type ObjectStore, StoreError } from "./object-store.ts";

/** R2 as the store: its conditional writes are real. It keeps no versions. */
export function createR2Store(s3: S3Client): ObjectStore {
  return {
    async put(Bucket, Key, body, { ifMatch, ifNoneMatch }) {
      const command = new PutObjectCommand({ Bucket, Key, Body: body, IfMatch: ifMatch, IfNoneMatch: ifNoneMatch });
      try {
        const { ETag = "" } = await s3.send(command);
        return { body, etag: ETag };
      } catch (error) {
        const fault = asStoreError(error);
        // S3 answers 404 to `If-Match` on a key that is not there, R2 412.
        if (fault.status === 412 && ifMatch !== undefined && !(await exists(Bucket, Key)))
          throw new StoreError(404, "NoSuchKey");
        throw fault;
      }
    },
    async get(Bucket, Key) {
      try {
        const { Body, ETag = "" } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), etag: ETag };
      } catch (error) {
        throw asStoreError(error);
      }
    },
    versions: () => Promise.reject(new StoreError(501, "NotImplemented")),
    isVersioned: async () => false,
  };

  async function exists(Bucket: string, Key: string): Promise<boolean> {
    try {
      await s3.send(new HeadObjectCommand({ Bucket, Key }));
      return true;
    } catch (error) {
      if (asStoreError(error).status === 404) return false;
      throw asStoreError(error);
    }
  }
}

function asStoreError(error: unknown): StoreError {
  if (!(error instanceof S3ServiceException)) throw error;
  return new StoreError(error.$metadata.httpStatusCode ?? 500, error.name);
}
