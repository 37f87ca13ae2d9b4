/** The parts of an SDK error that tell what became of a request. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** Errors of a connection that never came to be, unless a read or write met them: the request did not leave. */
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

/** Codes of a 404 about the key; `NotFound` is the SDK's name for one without a body, as HEAD has it. */
const MISSING_KEY = new Set(["NoSuchKey", "NoSuchVersion", "NotFound"]);

/** HTTP status of an answer that was an error, even of one cut in its body; `undefined` when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return asSdkError(error).$metadata?.httpStatusCode;
}

/** The key does not exist, by the word of an S3: no other 404, such as that of a missing bucket or of some proxy. */
export function isMissingKey(error: unknown): boolean {
  return statusOf(error) === 404 && MISSING_KEY.has(asSdkError(error).name ?? "");
}

/**
 * Tells whether a failed write may have taken effect, now or later.
 *
 * False only for a certain no: no connection, no credentials, an answer of 3xx or 4xx, or S3's own word that it is
 * throttling. A 500, a cut or unreadable answer, a time-out and a reset are all "may have".
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function mayHaveLanded(error: unknown): boolean {
  const { name = "", code = "", syscall, $metadata } = asSdkError(error);
  if (($metadata?.attempts ?? 1) > 1) return true; // only the last attempt's error is known
  const notConnected = NOT_CONNECTED.has(code) && syscall !== "read" && syscall !== "write";
  if (notConnected || name === "CredentialsProviderError") return false;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return true;
  if (status >= 300 && status < 500) return false;
  return !(status === 503 && THROTTLED.has(name));
}

/** Tells whether trying again is of no use: the request itself or the set-up is wrong. 409, 412, 408 and 429 are not that. */
export function isPermanent(error: unknown): boolean {
  const { name = "" } = asSdkError(error);
  const status = statusOf(error) ?? 0;
  if (name === "CredentialsProviderError" || name === "NoSuchBucket") return true;
  if (name === "RequestTimeout") return false; // S3's 400 for a socket that went silent
  if (status === 501) return true; // the server does not have this operation
  return status >= 300 && status < 500 && ![307, 404, 408, 409, 412, 429].includes(status);
}

function asSdkError(error: unknown): SdkError {
  return typeof error === "object" && error !== null ? error : {};
}
