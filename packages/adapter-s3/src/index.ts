export { createConditionalIndex, DEFAULT_INDEX_PREFIX } from "./conditional-index.ts";
export { type Deadline, DEFAULT_LIMITS, type TimeLimits } from "./deadline.ts";
export { createS3Client, type S3Access } from "./s3-client.ts";
export { createS3Presigner } from "./s3-presigner.ts";
export { createS3UploadClient } from "./upload/s3-upload-client.ts";
export { createS3UploadSink, type S3UploadSinkOptions } from "./upload/s3-upload-sink.ts";
export { type IndexPlace, strategies, type Strategy, strategyNames } from "./strategies.ts";
export { createVersioningIndex } from "./versioning-index.ts";
