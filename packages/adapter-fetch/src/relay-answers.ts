import type { AcceptedRelay } from "@presign-once/core";
import type { WireError } from "@presign-once/core/http";

import type { BodyFault } from "./received-body.ts";

/** How an upload ended that had been accepted, but was not stored. */
export type RelayFailure = BodyFault | "occupied" | "store-failed" | "store-undecided";

const STILL_UNUSED = "This request did not use the URL up.";
const GO_ON = "This URL is used up: ask for a new one.";
const TRY_AGAIN = "Send it to the same URL again, with the same x-presign-once-client.";
const NOTHING_STORED = `Nothing was stored. ${GO_ON}`;

const FAILURES: Readonly<Record<RelayFailure, WireError>> = {
  "too-large": {
    status: 400,
    code: "EntityTooLarge",
    message: NOTHING_STORED,
  },
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
  "broken-off": {
    status: 400,
    code: "IncompleteBody",
    message: `The upload broke off on its way. ${NOTHING_STORED}`,
  },
  occupied: {
    status: 412,
    code: "PreconditionFailed",
    message: `There is an object under this key, and it stays as it is. ${GO_ON}`,
  },
  "store-failed": {
    status: 502,
    code: "UploadFailed",
    message: `The store did not take the upload. ${NOTHING_STORED}`,
  },
  "store-undecided": {
    status: 502,
    code: "UploadUndecided",
    message: `It could not be told whether the upload was stored. ${GO_ON}`,
  },
};

/**
 * Why a relay could not take an upload that may claim its URL; nothing was claimed.
 *
 * - `body-taken`: other code has read the body, is reading it, or has removed it.
 * - `client-gone`: the request was aborted.
 * - `busy`: as many uploads as there may be are under way.
 */
export type NotAdmittedReason = "body-taken" | "busy" | "client-gone";

/** What a client is told whose upload was not admitted. */
export const NOT_ADMITTED: Readonly<Record<NotAdmittedReason, WireError>> = {
  "body-taken": {
    status: 500,
    code: "InternalError",
    message: `The body did not reach the relay. The operator's log says why. ${STILL_UNUSED}`,
  },
  busy: {
    status: 503,
    code: "SlowDown",
    message: `The relay takes as many uploads as it may. ${STILL_UNUSED} Try again.`,
    headers: [["Retry-After", "2"]],
  },
  "client-gone": {
    status: 400,
    code: "RequestTimeout",
    message: `The client closed the connection before its upload began. ${STILL_UNUSED}`,
  },
};

/**
 * Says on the wire why an upload was not stored, and how to go on.
 *
 * @param accepted.maxBytes     that it might have brought
 * @param accepted.mayTryAgain  the same client may send it again: its URL is not used up for it
 */
export function wireErrorOfFailure(
  failure: RelayFailure,
  { maxBytes, mayTryAgain }: Pick<AcceptedRelay, "maxBytes" | "mayTryAgain">,
): WireError {
  const { message, ...error } = FAILURES[failure];
  const why = failure === "too-large" ? `The upload brought more than the ${maxBytes} bytes that it may bring. ` : "";
  const how = mayTryAgain && failure !== "occupied" ? message.replace(GO_ON, TRY_AGAIN) : message;
  return { ...error, message: why + how };
}
