export { type Grant, requestGrant, sendOnce, upload, type UploadOptions, type UploadProgress } from "./upload.ts";
export { UploadError, type UploadErrorCode } from "./upload-error.ts";
