export type { Authorizer } from "@presign-once/core";

export type { GeneratedResponse, ViewerRequest, ViewerRequestEvent } from "./cloudfront/cloudfront.ts";
export { composeIssue, composeVerify } from "./functions/composition.ts";
export { createFunction } from "./functions/function-entry.ts";
export type { ViewerRequestHandler } from "./functions/verify-handler.ts";
