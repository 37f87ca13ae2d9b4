import {
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { PresignOnceError, type SinkOutcome, type SinkUpload, type UploadSink } from "@presign-once/core";

import { mayHaveLanded, statusOf } from "../s3-failure.ts";
import { guardBody, tooLarge } from "./guarded-body.ts";
import { planParts } from "./part-plan.ts";
import { type Removal, removeAllParts, removeParts } from "./remove-parts.ts";
import { type Progress, watchClient } from "./watched-client.ts";

/** Where an S3 sink stores, and how much it may take for it. */
export interface S3UploadSinkOptions {
  /**
   * From `createS3UploadClient`, or another client that tries requests again. Each attempt at a part starts from memory,
   * so nothing is lost by it.
   */
  readonly s3: S3Client;
  readonly bucket: string;
  /** Whether the store itself must refuse an object whose key is taken, by `If-None-Match: *`; default false. */
  readonly requireNew?: boolean;
  /** Memory that one upload may take, in bytes; default 20 MiB. See `planParts` for what follows from it. */
  readonly memoryBudgetBytes?: number;
  /** Parts that are sent at once; default 2. More are faster where the store is far away, and take a part's memory each. */
  readonly parallelParts?: number;
}

/**
 * Creates a sink that streams uploads into a bucket.
 *
 * What fits into one part of 5 MiB is one PUT; more is a multipart upload, whose length need not be known. The object is
 * asked for when the body has ended without an error, and not before; otherwise the parts are removed, which takes until
 * those under way have arrived. If the process ends meanwhile, parts stay: give the bucket a lifecycle rule
 * `AbortIncompleteMultipartUpload`.
 *
 * A lost answer is read back by HEAD: an object with these metadata and this length is this upload's. The role needs
 * `s3:PutObject` and `s3:AbortMultipartUpload`; with `s3:GetObject` and `s3:ListBucket` lost answers are told apart, with
 * `s3:ListMultipartUploadParts` and `s3:ListBucketMultipartUploads` it is seen that no part is left.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export function createS3UploadSink(options: S3UploadSinkOptions): UploadSink {
  const { s3, bucket, requireNew = false } = options;
  if (typeof bucket !== "string" || bucket === "")
    throw new PresignOnceError("ARGUMENT_INVALID", "bucket: expected the name of a bucket");
  const plan = planParts(options);

  return {
    maxDeclaredBytes: plan.maxDeclaredBytes,
    maxUndeclaredBytes: plan.maxUndeclaredBytes,
    requiresNew: requireNew,
    async store(upload, body) {
      const { declaredBytes } = upload;
      const maxBytes = declaredBytes === undefined ? plan.maxUndeclaredBytes : plan.maxDeclaredBytes;
      const guarded = guardBody(body, maxBytes);
      const { client, progress } = watchClient(s3, guarded.stop);
      try {
        if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes);
        const transfer = new Upload({
          client,
          params: { ...describe(upload, bucket, requireNew), Body: guarded.stream },
          partSize: plan.partBytes(declaredBytes),
          queueSize: plan.parallelParts,
          leavePartsOnError: true, // removed here, when none is under way any more
        });
        const { ETag } = await transfer.done();
        return stored(ETag || (await head(s3, bucket, upload.key))?.ETag); // Ceph completes parts without an ETag
      } catch (cause) {
        return await settle({ s3, bucket, requireNew, upload, bytes: guarded.bytes, progress, cause });
      } finally {
        guarded.close();
      }
    },
  };
}

function describe({ key, headers, metadata }: SinkUpload, bucket: string, requireNew: boolean): PutObjectCommandInput {
  const values = new Map(headers);
  const fields = {
    ContentType: values.get("content-type"),
    ContentEncoding: values.get("content-encoding"),
    ContentDisposition: values.get("content-disposition"),
    ContentLanguage: values.get("content-language"),
    CacheControl: values.get("cache-control"),
  };
  return { Bucket: bucket, Key: key, Metadata: metadata, ...fields, ...(requireNew ? { IfNoneMatch: "*" } : {}) };
}

/** An upload that went wrong, and how far it had come. */
interface Failed {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly requireNew: boolean;
  readonly upload: SinkUpload;
  readonly bytes: number;
  readonly progress: Progress;
  readonly cause: unknown;
}

/** Finds out what became of a failed upload, and removes what is left of it. */
async function settle(failed: Failed): Promise<SinkOutcome> {
  const { progress, requireNew, cause } = failed;
  if (!progress.committing) {
    const leftBehind = (await tidyUp(failed)) === "left";
    return { status: "failed", mayBeStored: false, leftBehind, cause };
  }
  const isRefused = requireNew && statusOf(cause) === 412;
  if (isRefused && !mayHaveLanded(cause)) return { status: "occupied", leftBehind: (await tidyUp(failed)) === "left" };

  const early = await findOwn(failed);
  if (early !== undefined) return early;
  const removal = await tidyUp(failed);
  const leftBehind = removal === "left";
  // Parts that were completed before they were removed are an object, and R2 then says that it removed them.
  const late = progress.uploadId === undefined ? undefined : await findOwn(failed);
  if (late !== undefined) return late;
  if (isRefused) return { status: "occupied", leftBehind };
  const mayBeStored = removal !== "removed" && mayHaveLanded(cause);
  return { status: "failed", mayBeStored, leftBehind, cause };
}

function tidyUp({ s3, bucket, upload, progress }: Failed): Promise<Removal> {
  const place = { s3, bucket, key: upload.key };
  if (progress.uploadId !== undefined) return removeParts(place, progress.uploadId);
  return progress.creating ? removeAllParts(place) : Promise.resolve("none");
}

/** `stored`, if there is an object and it is the one of this upload; `undefined` when it is not, or nobody can tell. */
async function findOwn({ s3, bucket, upload, bytes }: Failed): Promise<SinkOutcome | undefined> {
  const { ContentLength, Metadata = {}, ETag } = (await head(s3, bucket, upload.key)) ?? {};
  const metadata = Object.entries(upload.metadata);
  const isOwn = metadata.length > 0 && metadata.every(([name, value]) => Metadata[name] === value);
  return isOwn && ContentLength === bytes ? stored(ETag) : undefined;
}

/** What a HEAD says; `undefined` when there is no object, or no answer. */
async function head(s3: S3Client, bucket: string, key: string): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  } catch {
    return undefined;
  }
}

function stored(etag: string | undefined): SinkOutcome {
  return { status: "stored", etag: etag === undefined || etag.startsWith('"') ? etag : `"${etag}"` };
}
