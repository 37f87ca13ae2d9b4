export { type Grant, type GrantOptions, requestGrant } from "./request-grant.ts";
export { sendOnce, type SendOptions, type UploadProgress } from "./send-once.ts";
export { upload, type UploadOptions } from "./upload.ts";
export { UploadError, type UploadErrorCode } from "./upload-error.ts";
