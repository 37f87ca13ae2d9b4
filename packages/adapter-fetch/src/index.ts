export type { FetchHandler, RequestContext } from "./fetch-handler.ts";
export { createDownloadHandler } from "./download-handler.ts";
export { createIssueHandler } from "./issue-handler.ts";
export { createRelayHandler } from "./relay-handler.ts";
export type { RelayError } from "./common-options.ts";
export type { RefusedRelay, StoredUpload } from "./relay-hooks.ts";
export type { RelayProgress } from "./relay-options.ts";
export { createRelay, type RelayWithIssuerOptions } from "./relay.ts";
