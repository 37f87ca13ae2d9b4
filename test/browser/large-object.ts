import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

import { chunksOf, watched } from "../relay/bodies.ts";

const PART_BYTES = 32 * 1024 ** 2;

/** Stores an object of any size, part by part, so that it is never in memory as a whole. @returns its SHA-256, in hex */
export async function storeLarge(s3: S3Client, place: { Bucket: string; Key: string }, bytes: number): Promise<string> {
  const digest = createHash("sha256");
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...place, ContentType: "text/html" }));
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  const chunks = watched(chunksOf(bytes), digest);
  for (let left = bytes; left > 0; left -= PART_BYTES) {
    const Body = take(chunks, Math.min(left, PART_BYTES));
    const PartNumber = Parts.length + 1;
    const { ETag } = await s3.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }));
  return digest.digest("hex");
}

function take(chunks: Iterator<Buffer>, bytes: number): Buffer {
  const taken: Buffer[] = [];
  for (let size = 0; size < bytes; size += taken.at(-1)?.length ?? 0) {
    const { value, done } = chunks.next();
    if (done === true) throw new Error("there are fewer chunks");
    taken.push(value);
  }
  return Buffer.concat(taken);
}

/** The SHA-256 of a file, in hex, and its length. */
export async function digestOf(path: string): Promise<{ sha256: string; bytes: number }> {
  const digest = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 }) as AsyncIterable<Buffer>) {
    digest.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: digest.digest("hex"), bytes };
}
