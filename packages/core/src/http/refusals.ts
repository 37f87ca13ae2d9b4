import { MAX_SKEW_SECONDS } from "../claim.ts";
import type { HeaderField } from "../header-field.ts";
import type { RefusedUpload } from "../refused-upload.ts";
import { CLAIM_UNDECIDED } from "./faults.ts";
import type { WireError } from "./wire-error.ts";

/** Seconds after which a throttled client may try again. */
const RETRY_AFTER_SECONDS = "2";
/** Whether another request used it before is more than these refusals can tell. */
const STILL_UNUSED = "This request did not use the URL up.";

/**
 * Says on the wire why an upload was refused.
 *
 * @param methods  that are taken beside OPTIONS
 */
export function wireErrorOf(refusal: RefusedUpload, methods: readonly string[] = ["PUT"]): WireError {
  switch (refusal.reason) {
    case "method-not-allowed":
      return methodNotAllowed(
        methods,
        `This URL takes one ${methods.join(" or ")} and nothing else. This request did not use it up.`,
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
    case "lease-over":
      return {
        status: 403,
        code: "UrlAlreadyUsed",
        message: "The time for trying this upload again is over. Ask for a new URL.",
      };
    case "already-stored":
      return {
        status: 409,
        code: "UploadAlreadyStored",
        message: "The upload of this client has arrived: there is nothing to send again.",
      };
    case "unavailable":
      return {
        status: 503,
        code: "SlowDown",
        message: `The upload could not be let through just now. ${STILL_UNUSED} Try again.`,
        headers: [["Retry-After", RETRY_AFTER_SECONDS]],
      };
    case "undecided":
      return CLAIM_UNDECIDED;
  }
}

/**
 * Says that a method is not taken, and which are.
 *
 * @param methods  that are taken beside OPTIONS
 */
export function methodNotAllowed(methods: readonly string[], message: string): WireError {
  const allow: HeaderField = ["Allow", [...methods, "OPTIONS"].join(", ")];
  return { status: 405, code: "MethodNotAllowed", message, headers: [allow] };
}
