/** Prefixes under which some store reads what S3 reads under `x-amz-`: Ceph RGW's own, Swift's, Google's, DreamHost's, others'. */
const PREFIXES = [
  "x-goog-",
  "x-dho-",
  "x-rgw-",
  "x-account-",
  "x-container-",
  "x-object-",
  "x-oss-",
  "x-obs-",
  "x-cos-",
  "x-ms-",
  "x-minio-",
  "x-seaweedfs-",
  "x_amz_",
  "x-amz_",
  "x.amz.",
  "http-x-amz-",
  "rgwx-",
  "amz-",
  "x-copy-",
];

/** What stands behind `x-amz-` in headers of S3 that change what is stored. */
const EFFECTS = [
  "acl",
  "checksum-sha256",
  "content-sha256",
  "copy-source",
  "copy-source-range",
  "grant-full-control",
  "grant-read",
  "meta-filename",
  "meta-presign-once-id",
  "meta_presign_once_id",
  "object-lock-legal-hold",
  "object-lock-mode",
  "server-side-encryption",
  "storage-class",
  "tagging",
  "website-redirect-location",
  "write-offset-bytes",
  "meta-a",
  "manifest",
  "delete-at",
];

/** Other headers that a client, a proxy or a store may know. */
const OTHERS = `accept accept-charset accept-encoding accept-language baggage cookie content-id content-location
  content-security-policy content_disposition content_encoding content_type cache_control date depth destination digest dnt etag
  forwarded from idempotency-key if_match if_none_match last-modified link location mime-version overwrite pragma prefer
  priority range referer repr-digest sec-fetch-mode slug te traceparent tracestate want-digest warning x-amzn-trace-id
  x-auth-token x-copied-from x-copy-from x-delete-after x-delete-at x-detect-content-type x-forwarded-host x-forwarded-proto
  x-http-method x-http-method-override x-method-override x-object-manifest x-original-url x-requested-with x-rewrite-url
  x-service-token x-storage-policy x-storage-token x-timestamp x-trans-id-extra x-versions-location x-history-location`
  .trim()
  .split(/\s+/);

/** More than 400 names, none of which a grant of these tests binds, and none of which a gate may refuse. */
export const HARMLESS_NAMES: readonly string[] = [
  ...PREFIXES.flatMap((prefix) => EFFECTS.map((effect) => prefix + effect)),
  ...OTHERS,
];

/** Names that a gate must refuse, because S3 would apply or refuse them. */
export const REFUSED_NAMES: readonly string[] = [
  ...EFFECTS.map((effect) => `x-amz-${effect}`),
  "if-match",
  "if-none-match",
];
