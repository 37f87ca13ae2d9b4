import { GRANT_ID_METADATA, PresignOnceError, type StoredUpload, type UploadHistory } from "@presign-once/core";

import { type Deadline, retrying, startDeadline, type TimeLimits } from "../s3/deadline.ts";
import { explainFailure } from "../s3/explain-failure.ts";
import type { IndexS3, ListedVersion, VersionMarker } from "../s3/index-s3.ts";
import { isMissingKey } from "../s3/s3-failure.ts";

/** Where uploads go, and how long a look may take. */
export interface HistoryPlace {
  /** From `createLeanIndexS3` or `createSdkIndexS3`. */
  readonly s3: IndexS3;
  /** The uploads' bucket. */
  readonly bucket: string;
  /** Default: 1 s a request, 1.2 s in all, which fits behind a claim. */
  readonly limits?: TimeLimits;
  /** Instead of `limits`, where a test controls time: called once for each look. */
  readonly newDeadline?: () => Deadline;
}

/** A look comes after a claim, in what is left of a Lambda@Edge function's 5 s. */
const LIMITS: TimeLimits = { requestMs: 1_000, totalMs: 1_200 };

/** An error of S3 is far shorter. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Creates a history of a bucket that keeps versions: a delete marker is evidence too, so that a deleted object was stored.
 *
 * The object is reported only if it is the only version that ever existed, and is still the current one.
 *
 * Fails closed: if versioning is off or suspended (checked once per handle), the answer is `indeterminate`. If every
 * *version* of an object was deleted by its id, no evidence is left.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function createVersionHistory({
  s3,
  bucket,
  limits = LIMITS,
  newDeadline = () => startDeadline(limits),
}: HistoryPlace): UploadHistory {
  let versioningSeen = false;
  return {
    async wasStored(key) {
      const deadline = newDeadline();
      try {
        return await retrying(deadline, async () => {
          if (!versioningSeen) {
            const status = await deadline.run((signal) => s3.getBucketVersioning({ bucket }, signal));
            if (status !== "Enabled") throw versioningOff();
            versioningSeen = true;
          }
          let after: VersionMarker | undefined;
          const versions: ListedVersion[] = [];
          let wasDeleted = false;
          do {
            const request = { bucket, prefix: key, after };
            const page = await deadline.run((signal) => s3.listObjectVersions(request, signal));
            versions.push(...page.versions.filter((listed) => listed.key === key));
            wasDeleted ||= page.deleteMarkers.some((listed) => listed.key === key);
            after = versions.length > 1 || wasDeleted ? undefined : page.next; // two are as good as more
          } while (after !== undefined);
          const [only, ...others] = versions;
          if (only === undefined && !wasDeleted) return { status: "never" };
          const isThere = only?.isLatest === true && others.length === 0 && !wasDeleted;
          return { status: "stored", object: isThere ? storedUpload(only) : undefined };
        });
      } catch (cause) {
        return { status: "indeterminate", cause: explainFailure(cause) };
      }
    },
  };
}

/**
 * Creates a history of a bucket that keeps no versions: it knows an object as long as it is there. **A deleted object leaves
 * no evidence**, so it breaks the law about that one; for stores without versions, where uploads are not deleted so soon.
 *
 * The object is reported only if its metadata name the grant of its key.
 *
 * Fails closed: a 404 to HEAD has no body, and may be that of a missing bucket or of some proxy; so a GET has to say
 * `NoSuchKey` as well.
 */
export function createObjectHistory({
  s3,
  bucket,
  limits = LIMITS,
  newDeadline = () => startDeadline(limits),
}: HistoryPlace): UploadHistory {
  return {
    async wasStored(key) {
      const deadline = newDeadline();
      try {
        return await retrying(deadline, async () => {
          try {
            const head = await deadline.run((signal) => s3.headObject({ bucket, key }, signal));
            // Another object of the same key, such as one that its owner put there, names no grant or another one.
            const isUpload = key.endsWith(`/${head.metadata[GRANT_ID_METADATA] ?? ""}`) && !key.endsWith("/");
            return { status: "stored", object: isUpload ? storedUpload(head) : undefined };
          } catch (error) {
            if (!isMissingKey(error)) throw error;
          }
          try {
            await deadline.run((signal) => s3.getObject({ bucket, key, maxBytes: MAX_ERROR_BYTES }, signal));
            return { status: "stored", object: undefined }; // meanwhile
          } catch (error) {
            if (isMissingKey(error) && error instanceof Error && error.name === "NoSuchKey") return { status: "never" };
            throw error;
          }
        });
      } catch (cause) {
        return { status: "indeterminate", cause: explainFailure(cause) };
      }
    },
  };
}

function storedUpload(object: Pick<ListedVersion, "etag" | "bytes">): StoredUpload | undefined {
  return object.etag ? { etag: object.etag, bytes: object.bytes } : undefined;
}

function versioningOff(): PresignOnceError {
  return new PresignOnceError(
    "INDEX_MISCONFIGURED",
    "Retries are told apart by the versions of uploads, and the uploads' bucket keeps none",
  );
}
