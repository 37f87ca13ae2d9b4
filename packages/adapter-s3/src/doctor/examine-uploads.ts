import type { OneObjectOutcome } from "@presign-once/core";

import { createS3Client, type S3Access } from "../sdk/s3-client.ts";
import { proveOneObject } from "../upload/prove-one-object.ts";

/** Whether a bucket of uploads is fit for retries by the same client. */
export interface UploadsReport {
  readonly bucket: string;
  /** Whether it keeps one object of two uploads that overlap, each one PUT; what retries and `ifNoneMatch` rest on. */
  readonly keepsOneObject: OneObjectOutcome;
}

/** Tries on a bucket of uploads what `retries=same-client` rests on. Never throws; see `proveOneObject`. */
export async function examineUploads({
  access,
  bucket,
}: {
  readonly access: S3Access;
  readonly bucket: string;
}): Promise<UploadsReport> {
  const s3 = createS3Client(access);
  try {
    return { bucket, keepsOneObject: await proveOneObject({ s3, bucket }) };
  } finally {
    s3.destroy();
  }
}
