import { type Answer, answer } from "./fake-s3.ts";

/** One version of an object, as a list of versions names it. */
export interface ListedVersion {
  readonly key: string;
  readonly versionId: string;
  readonly etag: string;
  readonly lastModified?: string;
  readonly bytes?: number;
  /** Default: the first one is, unless there is a delete marker. */
  readonly isLatest?: boolean;
}

/** What a list holds besides its versions. */
export interface ListedRest {
  /** Keys of the delete markers. */
  readonly deleteMarkers?: readonly string[];
  /** That there are more pages, and where the next one begins. */
  readonly next?: { readonly keyMarker?: string; readonly versionIdMarker?: string };
}

/** The status of a bucket's versioning; `undefined`: never switched on. */
export function versioning(status: "Enabled" | "Suspended" | undefined): Answer {
  const xml = status === undefined ? "" : `<Status>${status}</Status>`;
  // Early versions of the AWS SDK cannot read an empty one without its namespace, which S3 always sends.
  const namespace = `xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`;
  return answer(200, {}, `<VersioningConfiguration ${namespace}>${xml}</VersioningConfiguration>`);
}

/** A page of ListObjectVersions: newest first, as given. */
export function versionList(versions: readonly ListedVersion[], { deleteMarkers = [], next }: ListedRest = {}): Answer {
  const listed = versions.map(
    ({ key, versionId, etag, lastModified = "2026-01-01T00:00:00.000Z", bytes = 1, isLatest }, i) =>
      `<Version><Key>${key}</Key><VersionId>${versionId}</VersionId><IsLatest>${isLatest ?? (i === 0 && deleteMarkers.length === 0)}</IsLatest>` +
      `<LastModified>${lastModified}</LastModified><ETag>${etag.replaceAll('"', "&quot;")}</ETag><Size>${bytes}</Size></Version>`,
  );
  const markers = deleteMarkers.map((key) => `<DeleteMarker><Key>${key}</Key><VersionId>m</VersionId></DeleteMarker>`);
  const more = [
    `<IsTruncated>${next !== undefined}</IsTruncated>`,
    next?.keyMarker === undefined ? "" : `<NextKeyMarker>${next.keyMarker}</NextKeyMarker>`,
    next?.versionIdMarker === undefined ? "" : `<NextVersionIdMarker>${next.versionIdMarker}</NextVersionIdMarker>`,
  ];
  const parts = [...more, ...listed, ...markers].join("");
  return answer(200, { "content-type": "application/xml" }, `<ListVersionsResult>${parts}</ListVersionsResult>`);
}
