export type { AuthorizerConfig, AuthorizerConfigInput } from "./authorizer-config.ts";
export { MAX_EXPIRES_IN_SECONDS, MAX_TICKET_SECONDS } from "./common-config.ts";
export { type EdgeConfig, type EdgeConfigInput, parseEdgeConfig, parseEdgeConfigJson } from "./edge-config.ts";
export { type JsonWebKeySet, type JwtAlgorithm, type JwtKey, readJwtKeys } from "./jwt-keys.ts";
export {
  checkOperatorConfig,
  type OperatorConfig,
  type OperatorConfigInput,
  parseOperatorConfig,
} from "./operator-config.ts";
export { type ConfigFault, parseJson, whyUnreadable } from "./read-config.ts";
export { edgeKeysOf, indexScope, parseVerifyConfigJson, ticketScope, type VerifyConfig } from "./verify-config.ts";
