import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { MAX_SKEW_SECONDS } from "../url/url-life.ts";
import { ALREADY_STORED_HEADER } from "./cors.ts";
import { CLAIM_UNDECIDED } from "./faults.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { errorAnswer, type ErrorForm, type WireError } from "./wire-error.ts";

/** Seconds after which a throttled client may try again. */
const RETRY_AFTER_SECONDS = "2";
/** True for every reader: the owner whose first try broke off, and any other holder of the URL. */
const ALREADY_USED =
  "This URL was used before, and works only once. An attempt that broke off counts, and may have arrived. " +
  "Ask for a new one.";
/** Whether another request used it before is more than these refusals can tell. */
const STILL_UNUSED = "This request did not use the URL up.";

/**
 * Answers an upload that may not go on. A client that repeats an upload whose object is there, for certain its own, is told
 * 200 with that object's ETag, as the answer was that it missed; every other one is told why, by {@link wireErrorOf}.
 *
 * @param form     of the errors; default: S3's XML
 * @param methods  that are taken beside OPTIONS
 */
export function refusalAnswer(
  refusal: RefusedUpload,
  requestId: string,
  cors: readonly HeaderField[],
  { form, methods }: { readonly form?: ErrorForm; readonly methods?: readonly string[] } = {},
): HttpAnswer {
  if (refusal.reason === "already-stored" && refusal.etag !== undefined)
    return storedAnswer(refusal.etag, cors, { alreadyStored: true });
  return errorAnswer(wireErrorOf(refusal, methods), requestId, cors, form);
}

/**
 * Answers an upload that is stored, as S3 does.
 *
 * @param alreadyStored  by an earlier request of the same client: nothing of this one was kept
 */
export function storedAnswer(
  etag: string | undefined,
  cors: readonly HeaderField[],
  { alreadyStored = false } = {},
): HttpAnswer {
  const tag: HeaderField[] = etag === undefined ? [] : [["ETag", etag]];
  const already: HeaderField[] = alreadyStored ? [[ALREADY_STORED_HEADER, "true"]] : [];
  return { status: 200, headers: [...tag, ...already, ["Cache-Control", "no-store"], ...cors], body: "" };
}

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
    case "revoked":
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
        message: ALREADY_USED,
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
