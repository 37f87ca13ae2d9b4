import { HeadObjectCommand, type PutObjectCommandInput, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import {
  ATTEMPT_METADATA,
  encodeTags,
  findStorageFault,
  PresignOnceError,
  type SinkOutcome,
  type SinkUpload,
  type StorageRules,
  type UploadSink,
} from "@presign-once/core";

import { isMissingKey, mayHaveLanded, statusOf } from "../s3/s3-failure.ts";
import { onAnyVersion } from "../sdk/any-version.ts";
import { guardBody, tooLarge } from "./guarded-body.ts";
import { MIN_PART_BYTES, planParts } from "./part-plan.ts";
import { DEFAULT_PROBE_PREFIX, proveOneObject } from "./prove-one-object.ts";
import { type Removal, removeAllParts, removeParts } from "./remove-parts.ts";
import { type Progress, watchClient } from "./watched-client.ts";

/** Where an S3 sink stores, and how much it may take for it. */
export interface S3UploadSinkOptions extends StorageRules {
  /**
   * From `createS3UploadClient`, or another client that tries requests again. Each attempt at a part starts from memory,
   * so nothing is lost by it.
   */
  readonly s3: S3Client;
  readonly bucket: string;
  /**
   * Whether the store itself must refuse an object whose key is taken, by `If-None-Match: *`; default false. Uploads of one
   * key may then overlap, and objects have the metadata `presign-once-attempt`, a random id of the attempt that made them.
   */
  readonly requireNew?: boolean;
  /** Memory that one upload may take, in bytes; default 20 MiB. See `planParts` for what follows from it. */
  readonly memoryBudgetBytes?: number;
  /**
   * Whether each upload must be one PUT, of 5 MiB at most; default false. For retries on stores that heed `requireNew` for
   * a PUT and not for completed parts, such as Ceph RGW without versions.
   */
  readonly singlePut?: boolean;
  /** Folder of the objects by which `proveOneObject` tries the store; default `presign-once-probe/`. */
  readonly probePrefix?: string;
  /** Parts that are sent at once; default 2. More are faster where the store is far away, and take a part's memory each. */
  readonly parallelParts?: number;
}

/**
 * Creates a sink that streams uploads into a bucket.
 *
 * A body that fits into one part of 5 MiB is one PUT; a larger one is a multipart upload of any length. The object is
 * created only after the body has ended without an error. Otherwise the parts are removed, once those in progress have
 * arrived. If the process ends meanwhile, parts stay: give the bucket a lifecycle rule `AbortIncompleteMultipartUpload`.
 *
 * A lost answer is read back by HEAD: an object with these metadata and this length is this upload's. If the answer with
 * the id of a multipart upload was lost, every multipart upload of the key is removed. If keys must be new, none is removed,
 * because another upload's may be among them, and the outcome reports `leftBehind`.
 *
 * The role needs `s3:PutObject` and `s3:AbortMultipartUpload`. With `s3:GetObject` and `s3:ListBucket` it can resolve lost
 * answers; with `s3:ListMultipartUploadParts` and `s3:ListBucketMultipartUploads` it can check that no part is left.
 * A key of `encryption` needs `kms:GenerateDataKey` and `kms:Decrypt`, `tags` need `s3:PutObjectTagging`.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export function createS3UploadSink(options: S3UploadSinkOptions): UploadSink {
  const { bucket, requireNew = false, singlePut = false, probePrefix = DEFAULT_PROBE_PREFIX } = options;
  if (typeof bucket !== "string" || bucket === "")
    throw new PresignOnceError("ARGUMENT_INVALID", "bucket: expected the name of a bucket");
  const fault = findStorageFault(options);
  if (fault !== undefined) throw new PresignOnceError("ARGUMENT_INVALID", fault);
  const storage = describeStorage(options);
  const s3 = onAnyVersion(options.s3);
  const parts = planParts(options);
  const plan = singlePut ? { ...parts, maxDeclaredBytes: MIN_PART_BYTES, maxUndeclaredBytes: MIN_PART_BYTES } : parts;

  return {
    maxDeclaredBytes: plan.maxDeclaredBytes,
    maxUndeclaredBytes: plan.maxUndeclaredBytes,
    requiresNew: requireNew,
    proveOneObject: async () =>
      requireNew
        ? proveOneObject({ s3: options.s3, bucket, probePrefix, multipart: !singlePut })
        : { status: "broken", seen: "the sink replaces objects: see requireNew" },
    async store(asked, body) {
      const upload = requireNew ? markAttempt(asked) : asked;
      const { declaredBytes } = upload;
      const maxBytes = declaredBytes === undefined ? plan.maxUndeclaredBytes : plan.maxDeclaredBytes;
      const guarded = guardBody(body, maxBytes);
      const { client, progress } = watchClient(s3, guarded.stop);
      try {
        if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes);
        const transfer = new Upload({
          client,
          params: { ...describe(upload, bucket, requireNew), ...storage, Body: guarded.stream },
          partSize: plan.partBytes(declaredBytes),
          queueSize: plan.parallelParts,
          leavePartsOnError: true, // removed here, when none is under way any more
        });
        const { ETag } = await transfer.done();
        if (ETag) return stored(ETag);
        const found = await look({ s3, bucket, upload, bytes: guarded.bytes }); // Ceph completes parts without an ETag
        return stored(found.owner === "this-upload" ? found.etag : undefined);
      } catch (cause) {
        return await settle({ s3, bucket, requireNew, upload, bytes: guarded.bytes, progress, cause });
      } finally {
        guarded.close();
      }
    },
  };
}

function markAttempt(upload: SinkUpload): SinkUpload {
  return { ...upload, metadata: { ...upload.metadata, [ATTEMPT_METADATA]: crypto.randomUUID() } };
}

function describe({ key, headers, metadata }: SinkUpload, bucket: string, requireNew: boolean): PutObjectCommandInput {
  const values = new Map(headers);
  const expires = values.get("expires");
  const fields = {
    ContentType: values.get("content-type"),
    ContentEncoding: values.get("content-encoding"),
    ContentDisposition: values.get("content-disposition"),
    ContentLanguage: values.get("content-language"),
    CacheControl: values.get("cache-control"),
    Expires: expires === undefined ? undefined : new Date(expires),
  };
  return { Bucket: bucket, Key: key, Metadata: metadata, ...fields, ...(requireNew ? { IfNoneMatch: "*" } : {}) };
}

function describeStorage({ encryption, tags }: StorageRules): Partial<PutObjectCommandInput> {
  const tagging = encodeTags(tags);
  return {
    ...(encryption === undefined ? {} : { ServerSideEncryption: encryption.type }),
    ...(encryption?.keyArn === undefined ? {} : { SSEKMSKeyId: encryption.keyArn }),
    ...(tagging === "" ? {} : { Tagging: tagging }),
  };
}

/** An upload, and how much of it came. */
interface Attempt {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly upload: SinkUpload;
  readonly bytes: number;
}

/** An upload that went wrong, and how far it had come. */
interface Failed extends Attempt {
  readonly requireNew: boolean;
  readonly progress: Progress;
  readonly cause: unknown;
}

/** Finds out the outcome of a failed upload, and removes what is left of it. */
async function settle(failed: Failed): Promise<SinkOutcome> {
  const { progress, requireNew, cause } = failed;
  if (!progress.committing) {
    const leftBehind = (await tidyUp(failed)) === "left";
    return { status: "failed", mayBeStored: false, leftBehind, cause };
  }
  const isRefused = requireNew && statusOf(cause) === 412;
  if (isRefused && !mayHaveLanded(cause)) return { status: "occupied", leftBehind: (await tidyUp(failed)) === "left" };

  let found = await look(failed);
  if (found.owner === "this-upload") return stored(found.etag);
  const removal = await tidyUp(failed);
  const leftBehind = removal === "left";
  // Parts that were completed before they were removed are an object, and R2 then says that it removed them.
  if (progress.uploadId !== undefined) found = await look(failed);
  if (found.owner === "this-upload") return stored(found.etag);
  if (isRefused && found.owner !== "unknown") return { status: "occupied", leftBehind };
  const isNeverStored = removal === "removed" && found.owner === "none";
  return { status: "failed", mayBeStored: !isNeverStored && mayHaveLanded(cause), leftBehind, cause };
}

function tidyUp({ s3, bucket, requireNew, upload, progress }: Failed): Promise<Removal> {
  const place = { s3, bucket, key: upload.key };
  if (progress.uploadId !== undefined) return removeParts(place, progress.uploadId);
  if (!progress.creating) return Promise.resolve("none");
  return requireNew ? Promise.resolve("left") : removeAllParts(place); // which of them is its own cannot be told
}

/** The object under a key: of this upload, of another one, none for certain, or unknown. */
type Found =
  | { readonly owner: "this-upload"; readonly etag: string | undefined }
  | { readonly owner: "another-upload" | "none" | "unknown" };

async function look({ s3, bucket, upload, bytes }: Attempt): Promise<Found> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: upload.key }));
    const { ContentLength, Metadata = {}, ETag } = head;
    const metadata = Object.entries(upload.metadata);
    const isOwn = metadata.length > 0 && metadata.every(([name, value]) => Metadata[name] === value);
    return isOwn && ContentLength === bytes ? { owner: "this-upload", etag: ETag } : { owner: "another-upload" };
  } catch (error) {
    return { owner: isMissingKey(error) ? "none" : "unknown" };
  }
}

function stored(etag: string | undefined): SinkOutcome {
  return { status: "stored", etag: etag === undefined || etag.startsWith('"') ? etag : `"${etag}"` };
}
