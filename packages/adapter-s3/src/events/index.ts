export {
  createUploadEventHandler,
  type StoredUpload,
  type UploadEvent,
  type UploadEventOptions,
} from "./upload-events.ts";
