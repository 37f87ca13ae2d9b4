export { createS3UploadSink, type S3UploadSinkOptions } from "./s3-upload-sink.ts";
