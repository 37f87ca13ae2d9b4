export type { Authorization, Authorizer, HeaderField } from "@presign-once/core";
export type { WriteLine } from "@presign-once/core/http";

export type {
  CloudFrontHeaders,
  GeneratedResponse,
  ViewerRequest,
  ViewerRequestConfig,
  ViewerRequestEvent,
} from "./cloudfront/cloudfront.ts";
export { type Compose, composeIssue, composeVerify } from "./functions/composition.ts";
export { createFunction } from "./functions/function-entry.ts";
export type { ViewerRequestHandler } from "./functions/verify-handler.ts";
