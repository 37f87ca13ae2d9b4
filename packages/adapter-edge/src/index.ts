export type { Authorization, Authorizer, HeaderField } from "@presign-once/core";
export type { WriteLine } from "@presign-once/core/http";

export type {
  CloudFrontHeaders,
  GeneratedResponse,
  ViewerRequest,
  ViewerRequestConfig,
  ViewerRequestEvent,
} from "./cloudfront.ts";
export { MAX_EXPIRES_IN_SECONDS } from "./common-config.ts";
export { type Compose, composeIssue, composeVerify } from "./composition.ts";
export { type EdgeConfig, type EdgeConfigInput, parseEdgeConfig, parseEdgeConfigJson } from "./edge-config.ts";
export { createFunction } from "./function-entry.ts";
export { indexScope, type VerifyConfig } from "./verify-config.ts";
export type { ViewerRequestHandler } from "./verify-handler.ts";
