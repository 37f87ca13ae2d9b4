/** The types of the arguments alone: no declaration here reaches Pulumi's, which a project with the AWS CDK does not have. */
export type { Output } from "./outputs.ts";
export type { NamedEdgeKey, SingleUseUploadsArgs } from "./single-use-uploads-args.ts";
