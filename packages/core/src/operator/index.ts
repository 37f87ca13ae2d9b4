export type { UrlFacts } from "./identify-url.ts";
export { inspectUrl, type UrlInspection } from "./inspect-url.ts";
export { revokeUrl, type UrlRevocation } from "./revoke-url.ts";
