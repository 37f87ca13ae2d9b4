/** The parts of an SDK error that tell what became of a request. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** Errors of a connection that never came to be: the request did not leave. */
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);
/** Codes by which S3 says that it did not carry a request out, and that it may later. */
const THROTTLED = new Set(["SlowDown", "ServiceUnavailable", "TooManyRequests"]);

/** HTTP status of an answer that was an error; `undefined` when no whole answer came. */
export function statusOf(error: unknown): number | undefined {
  return asSdkError(error).$metadata?.httpStatusCode;
}

/** The key does not exist (404), in a bucket that does. */
export function isMissingKey(error: unknown): boolean {
  return statusOf(error) === 404 && asSdkError(error).name !== "NoSuchBucket";
}

/**
 * Tells whether a failed write may have taken effect, now or later.
 *
 * False only for a certain no: no connection, no credentials, an answer of 4xx, or S3's own word that it is throttling.
 * A 500, a cut or unreadable answer, a time-out and a reset are all "may have".
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function mayHaveLanded(error: unknown): boolean {
  const { name = "", code = "", $metadata } = asSdkError(error);
  if (NOT_CONNECTED.has(code) || name === "CredentialsProviderError") return false;
  if (($metadata?.attempts ?? 1) > 1) return true; // only the last attempt's error is known
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return true;
  if (status >= 400 && status < 500) return false;
  return !(status === 503 && THROTTLED.has(name));
}

/** Tells whether trying again is of no use: the request itself or the set-up is wrong. 409, 412, 408 and 429 are not that. */
export function isPermanent(error: unknown): boolean {
  const { name = "" } = asSdkError(error);
  const status = statusOf(error) ?? 0;
  if (name === "CredentialsProviderError" || name === "NoSuchBucket") return true;
  if (name === "RequestTimeout") return false; // S3's 400 for a socket that went silent
  if (status === 501) return true; // the server does not have this operation
  return status >= 400 && status < 500 && ![404, 408, 409, 412, 429].includes(status);
}

function asSdkError(error: unknown): SdkError {
  return typeof error === "object" && error !== null ? (error as SdkError) : {};
}
