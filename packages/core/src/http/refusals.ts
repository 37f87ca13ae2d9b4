import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { MAX_SKEW_SECONDS } from "../url/url-life.ts";
import type { WireError } from "./wire-error.ts";

/** How one outcome is answered. */
interface Refusal {
  readonly status: WireError["status"];
  /** S3's own where S3 has one. */
  readonly code: string;
  /** Fixed; what the check found in the request is put in front of it. */
  readonly message: string;
  /** When a client may try again. */
  readonly retryAfterSeconds?: number;
}

/** Says nothing about other requests, which may have used the URL before. */
const NOT_USED_UP = "This request did not use the URL up.";
const USED_UP = "This URL is used up: ask for a new one.";
const NOTHING_STORED = `Nothing was stored. ${USED_UP}`;
/** In place of {@link USED_UP}, for a client that may try again. */
const TRY_AGAIN = "Send it to the same URL again, with the same x-presign-once-client.";
const RETRY_AFTER_SECONDS = 2;

/** One answer for three outcomes, so that a caller does not learn which URLs were ever issued. */
const URL_UNKNOWN = {
  status: 403,
  code: "UrlUnknown",
  message: "This URL was not issued here, or was changed, or was revoked.",
} as const;

/** For a link that was cut off or changed, and for one that was never issued. */
const LINK_INVALID = "This link may be cut off or changed. Open it again from where you got it, or ask for a new one.";

/** Every refusal and failure of edge, relay and issuing, by its outcome: the one place that chooses statuses and codes. */
const REFUSALS = {
  // Any request.
  "method-not-allowed": { status: 405, code: "MethodNotAllowed", message: "" },
  "origin-not-allowed": { status: 403, code: "AccessForbidden", message: "This origin is not allowed." },
  "path-unknown": { status: 404, code: "NotFound", message: "There is nothing here." },
  "request-fault": {
    status: 500,
    code: "InternalError",
    message: "The request could not be answered. The operator's log says why.",
  },

  // An upload, decided without the index.
  malformed: { status: 400, code: "InvalidRequest", message: NOT_USED_UP },
  "header-refused": { status: 400, code: "InvalidRequest", message: NOT_USED_UP },
  "content-length-missing": { status: 411, code: "MissingContentLength", message: NOT_USED_UP },
  "entity-too-small": { status: 400, code: "EntityTooSmall", message: NOT_USED_UP },
  "entity-too-large": { status: 400, code: "EntityTooLarge", message: NOT_USED_UP },
  "not-issued": URL_UNKNOWN,
  expired: { status: 403, code: "UrlExpired", message: "This URL has expired. Ask for a new one." },
  "not-yet-valid": {
    status: 403,
    code: "RequestTimeTooSkewed",
    message: `This URL is dated more than ${MAX_SKEW_SECONDS} seconds in the future. ${NOT_USED_UP}`,
  },

  // An upload, decided by the index.
  revoked: URL_UNKNOWN,
  unknown: URL_UNKNOWN,
  "already-claimed": {
    status: 403,
    code: "UrlAlreadyUsed",
    // True for every reader: the owner after a broken-off attempt, and any other holder of the URL.
    message:
      "This URL was used before, and works only once. An attempt that broke off counts, and may have arrived. " +
      "Ask for a new one.",
  },
  "lease-over": {
    status: 403,
    code: "UrlAlreadyUsed",
    message: "The time for trying this upload again is over. Ask for a new URL.",
  },
  "already-stored": {
    status: 409,
    code: "UploadAlreadyStored",
    message: "The upload of this client is stored already: there is nothing to send again.",
  },
  unavailable: {
    status: 503,
    code: "SlowDown",
    message: `The upload cannot be accepted at the moment. ${NOT_USED_UP} Try again.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },
  "store-refused": {
    status: 500,
    code: "InternalError",
    message: `The upload cannot be accepted. The operator's log says why. ${NOT_USED_UP}`,
  },
  undecided: {
    status: 503,
    code: "ClaimUndecided",
    message: "It is unknown whether this URL is used up, so nothing was uploaded. Ask for a new one.",
  },

  // A download.
  "download-used": {
    status: 410,
    code: "UrlAlreadyUsed",
    message: "This link was used before, and works only once. Ask for a new one.",
  },
  "download-revoked": { status: 410, code: "UrlRevoked", message: "This link was taken back. Ask for a new one." },
  "download-expired": { status: 410, code: "UrlExpired", message: "This link has expired. Ask for a new one." },
  "download-malformed": { status: 400, code: "InvalidRequest", message: LINK_INVALID },
  "download-unknown": { status: 403, code: "UrlUnknown", message: LINK_INVALID },
  "download-unavailable": {
    status: 503,
    code: "SlowDown",
    message: "The file cannot be sent at the moment. This request did not use the link up. Try again in a moment.",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },
  "download-fault": {
    status: 500,
    code: "InternalError",
    message:
      "The file cannot be sent because of a fault of this service. This request did not use the link up. " +
      "Tell the person who gave you the link: the operator's log says what is wrong.",
  },
  "download-undecided": {
    status: 503,
    code: "ClaimUndecided",
    // True for every reader: the same pass gets the file, and a client without one is told if the link is used up.
    message: "It is not known yet whether this link is used up, so nothing was sent. Try again in a moment.",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },

  // A download that a relay accepted, and that the store has no file for.
  "download-missing": {
    status: 404,
    code: "NoSuchKey",
    message:
      "There is no file under this link: it was removed, or was not uploaded yet. The link is used up. Ask for a new one.",
  },
  "download-no-such-part": { status: 416, code: "InvalidRange", message: "The file has no such part." },
  "download-failed": {
    status: 502,
    code: "DownloadFailed",
    message: "The store did not send the file. It is kept for you: try again in a moment, at the same address.",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },
  "download-lost": {
    status: 502,
    code: "DownloadFailed",
    message: "The store did not send the file, and this link is used up. Ask for a new one.",
  },

  // An upload that a relay could not take; nothing was claimed.
  "body-taken": {
    status: 500,
    code: "InternalError",
    message: `The body did not reach the relay. The operator's log says why. ${NOT_USED_UP}`,
  },
  busy: {
    status: 503,
    code: "SlowDown",
    message: `The relay has as many uploads as it may have at once. ${NOT_USED_UP} Try again.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },
  "client-gone": {
    status: 400,
    code: "RequestTimeout",
    message: `The client closed the connection before its upload began. ${NOT_USED_UP}`,
  },

  // An upload that a relay accepted and did not store.
  "too-large": { status: 400, code: "EntityTooLarge", message: NOTHING_STORED },
  "wrong-length": {
    status: 400,
    code: "IncompleteBody",
    message: `The upload did not bring as many bytes as its Content-Length says. ${NOTHING_STORED}`,
  },
  "digest-mismatch": {
    status: 400,
    code: "BadDigest",
    message: `The upload has another SHA-256 than the one that was granted. ${NOTHING_STORED}`,
  },
  stalled: {
    status: 400,
    code: "RequestTimeout",
    message: `No data was received before the idle timeout. ${NOTHING_STORED}`,
  },
  "too-slow": {
    status: 400,
    code: "RequestTimeout",
    message: `The upload was slower than the lowest rate that this relay takes. ${NOTHING_STORED}`,
  },
  "too-long": {
    status: 400,
    code: "RequestTimeout",
    message: `The upload took longer than this relay allows. ${NOTHING_STORED}`,
  },
  "broken-off": { status: 400, code: "IncompleteBody", message: `The upload broke off on its way. ${NOTHING_STORED}` },
  occupied: {
    status: 412,
    code: "PreconditionFailed",
    message: `There is an object under this key, and it stays as it is. ${USED_UP}`,
  },
  "store-failed": {
    status: 502,
    code: "UploadFailed",
    message: `The store did not take the upload. ${NOTHING_STORED}`,
  },
  "store-undecided": {
    status: 502,
    code: "UploadUndecided",
    message: `It is unknown whether the upload was stored. ${USED_UP}`,
  },

  // A request for a URL.
  unauthenticated: { status: 401, code: "Unauthorized", message: "Authentication required." },
  forbidden: { status: 403, code: "AccessDenied", message: "You may not ask for URLs here." },
  "host-invalid": { status: 400, code: "InvalidRequest", message: "The Host header is not the name of a host." },
  "parameter-invalid": { status: 400, code: "InvalidArgument", message: "" },
  "retries-broken": {
    status: 400,
    code: "InvalidArgument",
    message: "retries: expected nothing: no retries are offered here, since the store may keep two objects of one URL.",
  },
  "retries-unproven": {
    status: 503,
    code: "SlowDown",
    message:
      "No URL with retries can be issued at the moment: the store could not be tried. Try again, or leave retries out.",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },
  "issue-unavailable": {
    status: 503,
    code: "SlowDown",
    message: "No URL can be issued at the moment. Try again.",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },
  "issue-fault": {
    status: 500,
    code: "InternalError",
    message: "No URL could be issued. The operator's log says why.",
  },
} as const satisfies Readonly<Record<string, Refusal>>;

/** The ways in which a request can fail. */
export type Outcome = keyof typeof REFUSALS;

/**
 * Says on the wire how a request ended.
 *
 * @param options.detail       what the check found in the request, as a sentence in front of the fixed message
 * @param options.headers      further headers of the answer
 * @param options.mayTryAgain  the same client may send its upload again: its URL is not used up for it
 */
export function wireError(
  outcome: Outcome,
  {
    detail = "",
    headers = [],
    mayTryAgain = false,
  }: { readonly detail?: string; readonly headers?: readonly HeaderField[]; readonly mayTryAgain?: boolean } = {},
): WireError {
  const { status, code, message, retryAfterSeconds }: Refusal = REFUSALS[outcome];
  const fixed = mayTryAgain && outcome !== "occupied" ? message.replace(USED_UP, TRY_AGAIN) : message;
  const retryAfter: readonly HeaderField[] =
    retryAfterSeconds === undefined ? [] : [["Retry-After", String(retryAfterSeconds)]];
  return {
    status,
    code,
    message: [detail, fixed].filter((text) => text !== "").join(" "),
    headers: [...headers, ...retryAfter],
  };
}

/**
 * Says on the wire why an upload was refused.
 *
 * @param methods  that are taken beside OPTIONS
 */
export function wireErrorOf(refusal: RefusedUpload, methods: readonly string[] = ["PUT"]): WireError {
  if (refusal.reason === "method-not-allowed")
    return methodNotAllowed(
      methods,
      `This URL takes one ${methods.join(" or ")} and nothing else. This request did not use it up.`,
    );
  return wireError(refusal.reason, "message" in refusal ? { detail: refusal.message } : {});
}

/**
 * Says that a method is not taken, and which are.
 *
 * @param methods  that are taken beside OPTIONS
 */
export function methodNotAllowed(methods: readonly string[], detail: string): WireError {
  return wireError("method-not-allowed", { detail, headers: [["Allow", [...methods, "OPTIONS"].join(", ")]] });
}
