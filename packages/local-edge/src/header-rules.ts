const DISALLOWED = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "trailer",
  "upgrade",
  "x-accel-buffering",
  "x-accel-charset",
  "x-accel-limit-rate",
  "x-accel-redirect",
  "x-amzn-auth",
  "x-amzn-cf-billing",
  "x-amzn-cf-id",
  "x-amzn-cf-xff",
  "x-amzn-errortype",
  "x-amzn-fle-profile",
  "x-amzn-header-count",
  "x-amzn-header-order",
  "x-amzn-lambda-integration-tag",
  "x-amzn-requestid",
  "x-cache",
  "x-forwarded-proto",
  "x-real-ip",
]);

const FORBIDDEN_CUSTOM = new Set([
  "cache-control",
  "connection",
  "content-length",
  "cookie",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "max-forwards",
  "pragma",
  "proxy-authorization",
  "proxy-connection",
  "range",
  "request-range",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-real-ip",
]);

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Headers a viewer-request function can read but not add, change or delete.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
export const READ_ONLY_HEADERS: readonly string[] = ["content-length", "host", "transfer-encoding", "via"];

/**
 * Whether a header is hidden from functions, and makes a function's result invalid if it is in it.
 *
 * @param name  lower case
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
export function isDisallowedHeader(name: string): boolean {
  return DISALLOWED.has(name) || name.startsWith("x-amz-cf-") || name.startsWith("x-edge-");
}

/**
 * Whether CloudFront refuses to be configured to add this header to origin requests.
 *
 * @param name  lower case
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
 */
export function isForbiddenCustomHeader(name: string): boolean {
  return FORBIDDEN_CUSTOM.has(name) || name.startsWith("x-amz-") || name.startsWith("x-edge-");
}

/**
 * Whether a header belongs to one connection only and is never passed on.
 *
 * @param name  lower case
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
export function isHopByHopHeader(name: string): boolean {
  return HOP_BY_HOP.has(name);
}
