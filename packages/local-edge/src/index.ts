export { createLocalEdge, type BundleFolders, type LocalEdge, type LocalEdgeOptions } from "./create-local-edge.ts";
export { CLOUDFRONT_LIMITS, type EdgeLimits } from "./edge-limits.ts";
export type { FunctionCredentials, FunctionIdentity } from "./lambda-environment.ts";
export { LocalEdgeError, type LocalEdgeErrorCode } from "./local-edge-error.ts";
export type { OriginOptions } from "./origin.ts";
export type { OriginRequest } from "./pass-on.ts";
export type { S3Target } from "./s3-target.ts";
export { type Local, type LocalOptions, startLocal } from "./start-local.ts";
export { type LocalR2, startR2 } from "./start-r2.ts";
