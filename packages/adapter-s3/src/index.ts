export { createConditionalIndex } from "./strategies/conditional-index.ts";
export { type Deadline, DEFAULT_LIMITS, type TimeLimits } from "./s3/deadline.ts";
export { type IndexPlace } from "./strategies/index-place.ts";
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
} from "./s3/index-s3.ts";
export { createLeanIndexS3, type LeanAccess } from "./lean/lean-index-s3.ts";
export { createLeanPresigner } from "./lean/lean-presigner.ts";
export { createS3Client, type S3Access } from "./sdk/s3-client.ts";
export { createS3Presigner } from "./sdk/s3-presigner.ts";
export { createSdkIndexS3 } from "./sdk/sdk-index-s3.ts";
export { createSealedIndex } from "./strategies/sealed-index.ts";
export type { S3Credentials } from "./lean/sigv4.ts";
export { type OneObjectPlace, proveOneObject } from "./upload/prove-one-object.ts";
export { createS3UploadClient } from "./upload/s3-upload-client.ts";
export { createS3UploadSink, type S3UploadSinkOptions } from "./upload/s3-upload-sink.ts";
export { createObjectHistory, createVersionHistory, type HistoryPlace } from "./upload/upload-history.ts";
export { createVersioningIndex } from "./strategies/versioning-index.ts";
