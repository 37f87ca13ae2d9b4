export { type UploadGrant, type GrantOptions, requestGrant } from "./request-grant.ts";
export type { UploadProgress } from "./report-progress.ts";
export { sendOnce, type SendOptions } from "./send-once.ts";
export { upload, type UploadOptions, type UploadRetry } from "./upload.ts";
export { UploadError, type UploadErrorCode } from "./upload-error.ts";
