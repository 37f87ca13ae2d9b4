import { MAX_SKEW_SECONDS, type RefusedUpload } from "@presign-once/core";

import type { WireError } from "./error-response.ts";

/** Seconds after which a throttled client may try again. */
const RETRY_AFTER_SECONDS = "2";
/** Whether another request used it before is more than these refusals can tell. */
const STILL_UNUSED = "This request did not use the URL up.";

/** Says on the wire why an upload was refused. */
export function wireErrorOf(refusal: RefusedUpload): WireError {
  switch (refusal.reason) {
    case "method-not-allowed":
      return methodNotAllowed(
        "PUT, OPTIONS",
        "This URL takes one PUT and nothing else. This request did not use it up.",
      );
    case "malformed":
    case "header-refused":
      return { status: 400, code: "InvalidRequest", message: `${refusal.message} ${STILL_UNUSED}` };
    case "content-length-missing":
      return { status: 411, code: "MissingContentLength", message: `${refusal.message} ${STILL_UNUSED}` };
    case "entity-too-large":
      return { status: 400, code: "EntityTooLarge", message: `${refusal.message} ${STILL_UNUSED}` };
    case "not-issued":
    case "unknown":
      return {
        status: 403,
        code: "UrlUnknown",
        message: "This URL was not issued here, or was changed, or was revoked.",
      };
    case "expired":
      return { status: 403, code: "UrlExpired", message: "This URL has expired. Ask for a new one." };
    case "not-yet-valid":
      return {
        status: 403,
        code: "RequestTimeTooSkewed",
        message: `This URL is dated more than ${MAX_SKEW_SECONDS} seconds in the future. ${STILL_UNUSED}`,
      };
    case "already-claimed":
      return {
        status: 403,
        code: "UrlAlreadyUsed",
        message: "This URL was used before, and works only once. Ask for a new one.",
      };
    case "unavailable":
      return {
        status: 503,
        code: "SlowDown",
        message: `The upload could not be let through just now. ${STILL_UNUSED} Try again.`,
        headers: [["Retry-After", RETRY_AFTER_SECONDS]],
      };
    case "undecided":
      return {
        status: 503,
        code: "ClaimUndecided",
        message: "It could not be told whether this URL is used up, so nothing was uploaded. Ask for a new one.",
      };
  }
}

/** Says that a method is not taken, and which are. */
export function methodNotAllowed(allow: string, message: string): WireError {
  return { status: 405, code: "MethodNotAllowed", message, headers: [["Allow", allow]] };
}
