export type { CommonOptions } from "./common-options.ts";
export type { FetchHandler, RequestContext } from "./fetch-handler.ts";
export { createIssueHandler, type IssueOptions } from "./issue-handler.ts";
export { createRelayHandler, type RelayOptions, type RelayProgress } from "./relay-handler.ts";
export { createRelay, type RelayWithIssuerOptions } from "./relay.ts";
