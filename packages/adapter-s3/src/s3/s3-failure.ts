import * as forms from "@presign-once/core/forms";

/**
 * Why a request to S3 failed.
 *
 * - `no-credentials`: none were found, so nothing was sent
 * - `not-connected`: no server answers at the address, for a reason that waiting does not mend
 * - `missing-key`: the key does not exist, as an S3 server says, not a proxy
 * - `missing-bucket`, `clock-skewed`, `unknown-caller`, `forbidden`: S3's own refusals
 * - `wrong-region`: a redirect, since none is followed, or S3's own word for it
 * - `not-implemented`: the server does not have this operation
 * - `refused`: another 4xx, which the same request will meet again
 * - `uncertain`: everything else; asking again may help
 */
export type S3FailureKind =
  | "no-credentials"
  | "not-connected"
  | "missing-key"
  | "missing-bucket"
  | "wrong-region"
  | "clock-skewed"
  | "unknown-caller"
  | "forbidden"
  | "not-implemented"
  | "refused"
  | "uncertain";

/** The kinds that the same request meets again, until credentials, rights, settings or the server are changed. */
export type PermanentS3FailureKind = Exclude<S3FailureKind, "not-connected" | "missing-key" | "uncertain">;

/** A failed request to S3, classified. */
export interface S3Failure {
  readonly kind: S3FailureKind;
  /** S3's code, or the name of the error; empty where there is none that may be repeated. */
  readonly name: string;
  /** Of the answer, even of one that was cut in its body; `undefined` when no answer came. */
  readonly status: number | undefined;
  /** Name, code of the socket and status, as far as there are any, each a plain word that may be logged. */
  readonly words: readonly string[];
}

/** Kinds by S3's code. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const KIND_OF_CODE: ReadonlyMap<string, S3FailureKind> = new Map([
  ["NoSuchBucket", "missing-bucket"],
  ["PermanentRedirect", "wrong-region"],
  ["AuthorizationHeaderMalformed", "wrong-region"],
  ["IllegalLocationConstraintException", "wrong-region"],
  ["RequestTimeTooSkewed", "clock-skewed"],
  ["InvalidAccessKeyId", "unknown-caller"],
  ["SignatureDoesNotMatch", "unknown-caller"],
  ["InvalidToken", "unknown-caller"],
  ["ExpiredToken", "unknown-caller"],
  ["TokenRefreshRequired", "unknown-caller"],
  ["RequestTimeout", "uncertain"], // S3's 400 for a socket that went silent
]);
/** Kinds by status, where the code says nothing else. */
const KIND_OF_STATUS: ReadonlyMap<number, S3FailureKind> = new Map([
  [301, "wrong-region"],
  [302, "wrong-region"],
  [307, "wrong-region"], // of a bucket so new that its name is not known everywhere: for hours, not for seconds
  [308, "wrong-region"],
  [401, "unknown-caller"],
  [403, "forbidden"],
  [501, "not-implemented"],
]);
/** Codes of a 404 about the key; `NotFound` is the SDK's name for one without a body, as HEAD has it. */
const MISSING_KEY = new Set(["NoSuchKey", "NoSuchVersion", "NotFound"]);
/** Statuses of a 4xx that may be another one next time. */
const PASSING = new Set([404, 408, 409, 412, 429]);
/** Codes of a connection that never came to be. */
const NO_CONNECTION =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|CERT_|DEPTH_|SELF_|ERR_TLS|ERR_SSL)/;
/** Those of them that say, unless a read or write met them, that the request did not leave. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);
/** Codes by which S3 says with a 5xx that it did not carry a request out. */
const NOT_CARRIED_OUT: ReadonlyMap<string, number> = new Map([
  ["SlowDown", 503],
  ["ServiceUnavailable", 503],
  ["TooManyRequests", 503],
  ["NotImplemented", 501],
]);

/**
 * Classifies what a request to S3 threw, through either transport: the one place that reads the shape of these errors.
 *
 * @param error  anything; its message is never looked at, since it may hold a URL
 */
export function classifyS3Failure(error: unknown): S3Failure {
  const { name, code, status } = partsOf(error);
  const words = [...new Set([name, code])].filter((word) => word !== "");
  return { kind: kindOf(error), name, status, words: status === undefined ? words : [...words, String(status)] };
}

function kindOf(error: unknown): S3FailureKind {
  const { name, code, status } = partsOf(error);
  if (status === undefined && name.endsWith("ProviderError")) return "no-credentials";
  if (status === undefined) return NO_CONNECTION.test(code) ? "not-connected" : "uncertain";
  if (status === 404 && MISSING_KEY.has(name)) return "missing-key";
  const kind = isClientFault(status) ? KIND_OF_CODE.get(name) : undefined;
  return (
    kind ?? KIND_OF_STATUS.get(status) ?? (isClientFault(status) && !PASSING.has(status) ? "refused" : "uncertain")
  );
}

/** HTTP status of an answer that was an error, even of one cut in its body; `undefined` when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return partsOf(error).status;
}

/** The key does not exist, as an S3 server says: not another 404, such as that of a missing bucket or of a proxy. */
export function isMissingKey(error: unknown): boolean {
  return kindOf(error) === "missing-key";
}

/**
 * Tells whether a failed write may have taken effect, now or later.
 *
 * False only for a certain no: no connection, no credentials, an answer of 3xx or 4xx, or S3's code for
 * throttling or for an operation that it does not have. A 500, a cut or unreadable answer, a time-out and a reset are all "may have".
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function mayHaveLanded(error: unknown): boolean {
  const { name, code, syscall, status, attempts } = partsOf(error);
  if (attempts > 1) return true; // only the last attempt's error is known
  if (kindOf(error) === "no-credentials") return false;
  if (status === undefined) return !NOT_SENT.has(code) || syscall === "read" || syscall === "write";
  return !isClientFault(status) && NOT_CARRIED_OUT.get(name) !== status;
}

/** Whether trying again is of no use: the request itself or the set-up is wrong. 409, 412, 408 and 429 are not that. */
export function isPermanent(error: unknown): boolean {
  return isPermanentKind(kindOf(error));
}

/** See {@link isPermanent}. */
export function isPermanentKind(kind: S3FailureKind): kind is PermanentS3FailureKind {
  return kind !== "not-connected" && kind !== "missing-key" && kind !== "uncertain";
}

/** An answer that says that the request is wrong, or belongs elsewhere. */
function isClientFault(status: number): boolean {
  return status >= 300 && status < 500;
}

/** The parts of an error that tell the outcome of a request; the AWS SDK has its own place for two of them. */
function partsOf(error: unknown) {
  const { name, code, syscall, status, $metadata } = (
    typeof error === "object" && error !== null ? error : {}
  ) as Readonly<Record<string, unknown>>;
  const { httpStatusCode = status, attempts = 1 } = ($metadata ?? {}) as Readonly<Record<string, unknown>>;
  return {
    name: wordOf(name),
    code: wordOf(code),
    syscall,
    status: typeof httpStatusCode === "number" ? httpStatusCode : undefined,
    attempts: Number(attempts),
  };
}

/** Names and codes may be the server's; whatever is no plain word is not repeated. */
function wordOf(text: unknown): string {
  return typeof text === "string" && forms.logWord.is(text) && text !== "Error" ? text : "";
}
