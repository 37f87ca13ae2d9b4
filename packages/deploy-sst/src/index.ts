export { DeployError, type DeployErrorCode } from "./deploy-error.ts";
export { singleUseUploads, type SingleUseUploads } from "./single-use-uploads.ts";
export type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";
