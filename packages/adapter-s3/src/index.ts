export { createConditionalIndex } from "./conditional-index.ts";
export { type Deadline, DEFAULT_LIMITS, type TimeLimits } from "./deadline.ts";
export { environmentCredentials } from "./environment-credentials.ts";
export { DEFAULT_INDEX_PREFIX, type IndexPlace } from "./index-place.ts";
export type {
  GetObjectRequest,
  HeadedObject,
  IndexS3,
  ListedVersion,
  ListVersionsRequest,
  ObjectName,
  ObjectVersionInfo,
  PutObjectRequest,
  ReadObject,
  VersionMarker,
  VersionPage,
} from "./index-s3.ts";
export { createLeanIndexS3, type LeanAccess } from "./lean-index-s3.ts";
export { createLeanPresigner } from "./lean-presigner.ts";
export { createS3Client, type S3Access } from "./s3-client.ts";
export { createS3Presigner } from "./s3-presigner.ts";
export { createSdkIndexS3 } from "./sdk-index-s3.ts";
export { createSealedIndex } from "./sealed-index.ts";
export type { S3Credentials } from "./sigv4.ts";
export { type Strategy, strategies, strategyNames } from "./strategies.ts";
export { type OneObjectPlace, proveOneObject } from "./upload/prove-one-object.ts";
export { createS3UploadClient } from "./upload/s3-upload-client.ts";
export { createS3UploadSink, type S3UploadSinkOptions } from "./upload/s3-upload-sink.ts";
export { createObjectHistory, createVersionHistory, type HistoryPlace } from "./upload-history.ts";
export { createVersioningIndex } from "./versioning-index.ts";
