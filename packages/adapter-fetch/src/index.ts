export type { CommonOptions } from "./common-options.ts";
export type { FetchHandler, RequestContext } from "./fetch-handler.ts";
export { createIssueHandler, type IssueOptions } from "./issue-handler.ts";
export { createRelayHandler } from "./relay-handler.ts";
export type { RelayOptions, RelayProgress } from "./relay-options.ts";
export { createRelay, type RelayWithIssuerOptions } from "./relay.ts";
