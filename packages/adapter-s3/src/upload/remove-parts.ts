import { setTimeout as sleep } from "node:timers/promises";

import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

import { isPermanent, statusOf } from "../s3/s3-failure.ts";

/** Where a multipart upload is. */
export interface MultipartPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
}

/**
 * - `removed`: it was there, and is gone with its parts; it can never become an object.
 * - `none`: there was none: it was completed, or never made.
 * - `left`: it may still be there.
 */
export type Removal = "removed" | "none" | "left";

const PAUSES_MS = [100, 400, 1_600, 3_200];

/**
 * Removes a multipart upload and its parts.
 *
 * A part that arrives while an upload is aborted may outlive it, so it is looked at what is left, and aborted again.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export async function removeParts({ s3, bucket, key }: MultipartPlace, uploadId: string): Promise<Removal> {
  const upload = { Bucket: bucket, Key: key, UploadId: uploadId };
  let aborted = false;
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      await s3.send(new AbortMultipartUploadCommand(upload));
      aborted = true;
      const { Parts = [] } = await s3.send(new ListPartsCommand(upload));
      if (Parts.length === 0) return "removed";
    } catch (error) {
      if (statusOf(error) === 404) return aborted ? "removed" : "none";
      // Who may abort need not be allowed to list; then a second abort is all that can be done.
      if (isPermanent(error)) return aborted && (await abortAgain(s3, upload)) ? "removed" : "left";
    }
    if (pause !== undefined) await sleep(pause);
  }
  return "left";
}

/**
 * Removes every multipart upload of a key, where the answer that named it was lost; only for a key that no other upload has.
 *
 * @returns `removed` when there is none any more
 */
export async function removeAllParts(place: MultipartPlace): Promise<Removal> {
  const { s3, bucket, key } = place;
  try {
    const { Uploads = [], IsTruncated = false } = await s3.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }),
    );
    const own = Uploads.filter(({ Key, UploadId }) => Key === key && UploadId !== undefined);
    const removals = await Promise.all(own.map(({ UploadId = "" }) => removeParts(place, UploadId)));
    return IsTruncated || removals.includes("left") ? "left" : "removed";
  } catch {
    return "left";
  }
}

async function abortAgain(s3: S3Client, upload: { Bucket: string; Key: string; UploadId: string }): Promise<boolean> {
  try {
    await s3.send(new AbortMultipartUploadCommand(upload));
    return true;
  } catch (error) {
    return statusOf(error) === 404;
  }
}
