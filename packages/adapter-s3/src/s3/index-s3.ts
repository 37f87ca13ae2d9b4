/**
 * The requests that an index makes of S3, each of them one attempt.
 *
 * An implementation must
 * - send each request once, never again by itself: the index has to know the outcome of every attempt;
 * - give an answer only once it has arrived whole, body included;
 * - throw for every answer that is no 2xx, an error with S3's code as its `name` and the HTTP status as its `status`;
 *   and for every request without a whole answer, the error of its socket;
 * - give a request up when its signal is aborted.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export interface IndexS3 {
  putObject(request: PutObjectRequest, signal: AbortSignal): Promise<ObjectVersionInfo>;
  /** Body, ETag and time are of one answer. A body of more than `maxBytes` is left out, and not read. */
  getObject(request: GetObjectRequest, signal: AbortSignal): Promise<ReadObject>;
  headObject(request: ObjectName, signal: AbortSignal): Promise<HeadedObject>;
  /** One page, in the server's own order. */
  listObjectVersions(request: ListVersionsRequest, signal: AbortSignal): Promise<VersionPage>;
  /** `Enabled`, `Suspended`, or `undefined` where versioning was never on. */
  getBucketVersioning(request: { readonly bucket: string }, signal: AbortSignal): Promise<string | undefined>;
}

/** Where an object is. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

/** A small object to be written, under a condition if one is given. */
export interface PutObjectRequest extends ObjectName {
  readonly body: string;
  readonly contentType: string;
  /** `x-amz-meta-<name>` by `<name>`; printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly condition?: { readonly ifMatch: string } | { readonly ifNoneMatch: "*" };
}

/** A small object to be read. */
export interface GetObjectRequest extends ObjectName {
  /** Default: the current version. */
  readonly versionId?: string | undefined;
  readonly maxBytes: number;
}

/** The part of an answer with the version id, and with the encryption, which tells whether ETags are MD5. */
export interface ObjectVersionInfo {
  readonly versionId?: string | undefined;
  readonly serverSideEncryption?: string | undefined;
}

/** What HEAD returns of an object. */
export interface HeadedObject extends ObjectVersionInfo {
  /** In its quotes. */
  readonly etag: string | undefined;
  readonly bytes: number | undefined;
  /** By the name after `x-amz-meta-`, in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a read found. */
export interface ReadObject {
  /** In its quotes. */
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
  /** `undefined`: longer than was asked for. */
  readonly body: string | undefined;
}

/** Which versions to list. */
export interface ListVersionsRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Where the page before ended. */
  readonly after?: VersionMarker | undefined;
}

/** A place in a list of versions. */
export interface VersionMarker {
  readonly keyMarker: string | undefined;
  readonly versionIdMarker: string | undefined;
}

/** One page of a list of versions. */
export interface VersionPage {
  readonly versions: readonly ListedVersion[];
  readonly deleteMarkers: readonly { readonly key: string | undefined }[];
  /** `undefined` on the last page. */
  readonly next: VersionMarker | undefined;
}

/** A version as a list shows it. */
export interface ListedVersion {
  readonly key: string | undefined;
  readonly versionId: string | undefined;
  /** In its quotes. */
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
  /** Whether it is the current version, which a read without a version id returns. */
  readonly isLatest: boolean;
  readonly bytes: number | undefined;
}
