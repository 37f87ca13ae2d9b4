import { MAX_SKEW_SECONDS, type RefusedUpload } from "@presign-once/core";

import type { WireError } from "./error-response.ts";

/** Seconds after which a throttled client may try again. */
const RETRY_AFTER_SECONDS = "2";

/** Says on the wire why an upload was refused. */
export function wireErrorOf(refusal: RefusedUpload): WireError {
  switch (refusal.reason) {
    case "method-not-allowed":
      return methodNotAllowed("PUT, OPTIONS", "This URL takes one PUT and nothing else. It was not used up.");
    case "malformed":
    case "header-refused":
      return { status: 400, code: "InvalidRequest", message: `${refusal.message} The URL was not used up.` };
    case "content-length-missing":
      return { status: 411, code: "MissingContentLength", message: `${refusal.message} The URL was not used up.` };
    case "entity-too-large":
      return { status: 400, code: "EntityTooLarge", message: `${refusal.message} The URL was not used up.` };
    case "not-issued":
    case "unknown":
      return { status: 403, code: "UrlUnknown", message: "This URL was not issued here, or was changed, or was revoked." };
    case "expired":
      return { status: 403, code: "UrlExpired", message: "This URL has expired. Ask for a new one." };
    case "not-yet-valid":
      return {
        status: 403,
        code: "RequestTimeTooSkewed",
        message: `This URL is dated more than ${MAX_SKEW_SECONDS} seconds in the future. The URL was not used up.`,
      };
    case "already-claimed":
      return { status: 403, code: "UrlAlreadyUsed", message: "This URL was used before, and works only once. Ask for a new one." };
    case "unavailable":
      return {
        status: 503,
        code: "SlowDown",
        message: "The upload could not be let through just now. The URL was not used up: try it again.",
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
