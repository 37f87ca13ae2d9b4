export { classifyS3Failure, type S3Failure, type S3FailureKind } from "./s3-failure.ts";
