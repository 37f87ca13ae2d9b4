export { DeployError, type DeployErrorCode } from "./deploy-error.ts";
export type { Providers } from "./providers.ts";
export { singleUseUploads, type SingleUseUploads } from "./single-use-uploads.ts";
export type { AuthorizerSettings, SingleUseUploadsArgs, StackStrategy } from "./single-use-uploads-args.ts";
