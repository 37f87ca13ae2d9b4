export { classifyS3Failure, type S3Failure } from "./s3-failure.ts";
