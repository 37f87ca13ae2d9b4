import {
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { boundMetadata, GRANT_ID_METADATA, PresignOnceError } from "@presign-once/core";

/** An upload that is stored. */
export interface StoredUpload {
  /** Names the grant that it came with: `id` of the grant, `grant` in the log of issuing. */
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  /** With its quotes. */
  readonly etag: string;
  /** Where the bucket keeps versions. */
  readonly versionId: string | undefined;
  readonly contentType: string | undefined;
  /**
   * What was bound to the URL, by name: `filename`, percent-encoded, or what the authorizer bound. The same as `onStored` of a
   * relay is told.
   */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a handler of upload events is made of. */
export interface UploadEventOptions {
  /**
   * Called for each upload that came through the edge, at least once: what it does must bear being done again, and {@link
   * StoredUpload.id} tells that it was. What it throws is thrown by the handler, so that Lambda calls again.
   */
  readonly onStored: (upload: StoredUpload) => void | Promise<void>;
  /**
   * Where a receipt is written for each upload whose `onStored` has returned, so that later events of it are passed over; not
   * below the uploads. Default: none, and every event counts.
   */
  readonly receipts?: { readonly bucket: string; readonly prefix?: string } | undefined;
  /** Default: one with the credentials of the function. */
  readonly s3?: S3Client | undefined;
}

/** An event of S3, or of EventBridge about S3. Nothing else of it is read. */
export type UploadEvent =
  | {
      readonly Records: readonly {
        readonly s3: {
          readonly bucket: { readonly name: string };
          readonly object: { readonly key: string; readonly eTag: string; readonly versionId?: string };
        };
      }[];
    }
  | {
      readonly detail: {
        readonly bucket: { readonly name: string };
        readonly object: { readonly key: string; readonly etag: string; readonly "version-id"?: string };
      };
    };

/** One object that an event is about. */
interface EventObject {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly versionId: string | undefined;
}

/**
 * Creates the handler of a Lambda function that gets the events of a bucket's uploads.
 *
 * An event says only that something may have happened: the object itself is looked at, in the version that the event names. An object
 * that is gone, was overwritten since, or did not come through the edge is passed over, and so is the deletion of one.
 *
 * @returns  throws what `onStored` and S3 throw, and `EVENT_INVALID` for what is no event of S3; then Lambda calls again
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * @example
 * export const handler = createUploadEventHandler({ onStored: async ({ id, key }) => markAsStored(id, key) });
 */
export function createUploadEventHandler({
  onStored,
  receipts,
  s3 = new S3Client({}),
}: UploadEventOptions): (event: UploadEvent) => Promise<void> {
  const receiptOf = ({ id }: StoredUpload) => ({
    Bucket: receipts?.bucket,
    Key: `${receipts?.prefix ?? "receipts/"}${id}.json`,
  });

  async function findUpload({ bucket, key, etag, versionId }: EventObject): Promise<StoredUpload | undefined> {
    const place = { Bucket: bucket, Key: key, ...(versionId ? { VersionId: versionId } : {}) };
    const head = await s3.send(new HeadObjectCommand(place)).catch(undefinedIf(404, 405)); // 405: the version is a delete marker
    if (head === undefined || head.ETag !== `"${etag}"`) return undefined; // an overwrite has an event of its own
    const { Metadata: stored = {} } = head;
    const id = stored[GRANT_ID_METADATA];
    if (id === undefined || key.split("/").at(-1) !== id) return undefined; // the owner's, or a copy of an upload
    const { ETag, ContentLength = 0, ContentType: contentType } = head;
    const metadata = boundMetadata(stored);
    return { id, bucket, key, bytes: ContentLength, etag: ETag, versionId, contentType, metadata };
  }

  return async (event) => {
    for (const object of objectsOf(event)) {
      const upload = await findUpload(object);
      if (upload === undefined) continue;
      if (receipts !== undefined && (await isThere(receiptOf(upload)))) continue;
      await onStored(upload);
      if (receipts === undefined) continue;
      const receipt = { ...receiptOf(upload), Body: JSON.stringify(upload), ContentType: "application/json" };
      await s3.send(new PutObjectCommand({ ...receipt, IfNoneMatch: "*" })).catch(undefinedIf(412));
    }
  };

  async function isThere(place: ReturnType<typeof receiptOf>): Promise<boolean> {
    const head: HeadObjectCommandOutput | undefined = await s3
      .send(new HeadObjectCommand(place))
      .catch(undefinedIf(404));
    return head !== undefined;
  }
}

/** Keys in events of S3 are encoded like fields of a form, those in events of EventBridge are not. */
function objectsOf(event: UploadEvent): readonly EventObject[] {
  if ("Records" in event)
    return event.Records.map(({ s3: { bucket, object } }) => {
      const key = decodeURIComponent(object.key.replaceAll("+", " "));
      return { bucket: bucket.name, key, etag: object.eTag, versionId: object.versionId };
    });
  if ("detail" in event) {
    const { bucket, object } = event.detail;
    return [{ bucket: bucket.name, key: object.key, etag: object.etag, versionId: object["version-id"] }];
  }
  throw new PresignOnceError("EVENT_INVALID", "expected an event of S3, or of EventBridge about S3");
}

/** Passes over an answer that was to be expected; anything else is thrown. */
function undefinedIf(...statuses: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof S3ServiceException && statuses.includes(error.$metadata.httpStatusCode ?? 0)) return undefined;
    throw error;
  };
}
