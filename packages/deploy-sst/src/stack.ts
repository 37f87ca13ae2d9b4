/** What the stack is made of, as plain data, for every tool that deploys it: `@presign-once/deploy-cdk` reads it too. */
export { recordFields, suffixPath } from "./access-logs.ts";
export { alarmSettings } from "./alarms.ts";
export { requireFit } from "./archive-size.ts";
export { NO_PUBLIC_ACCESS, OWNERSHIP, WITH_OWN_KEYS, withKey } from "./bucket.ts";
export { checkArguments } from "./check-arguments.ts";
export { corsRules } from "./cors.ts";
export { invalidArguments } from "./deploy-error.ts";
export { DEFAULT_ISSUE_PATH, distributionSettings, originRequestPolicy } from "./distribution.ts";
export { downloadParts, ORIGIN_ACCESS, PATH_RUNTIME, rewriteCode } from "./downloads.ts";
export { EDGE_REGION, FUNCTION } from "./edge-functions.ts";
export { prepareSettings, type SettingsTexts } from "./edge-settings.ts";
export { issuerSettings } from "./issuer-settings.ts";
export { requireKeyIn } from "./kms-key.ts";
export { lifecycleRules } from "./lifecycle.ts";
export { linkCachePolicy, linkHeadersPolicy, oneTimeParts } from "./one-time-downloads.ts";
export type { Input, Output } from "./outputs.ts";
export {
  issuePolicy,
  policy,
  type PolicyDocument,
  readByDistribution,
  RIGHTS,
  type RoleScope,
  tlsOnly,
  trustPolicy,
  verifyPolicy,
} from "./policies.ts";
export { runBundler } from "./run-bundler.ts";
export {
  type AuthorizerSettings,
  DEFAULT_STRATEGY,
  type NamedEdgeKey,
  type SingleUseUploadsArgs,
} from "./single-use-uploads-args.ts";
