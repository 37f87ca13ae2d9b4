import type { AcceptedRelay } from "@presign-once/core";
import { wireError, type WireError } from "@presign-once/core/http";

import type { BodyFault } from "./received-body.ts";

/** How an upload ended that had been accepted, but was not stored. */
export type RelayFailure = BodyFault | "occupied" | "store-failed" | "store-undecided";

/**
 * Why a relay could not take an upload that may claim its URL; nothing was claimed.
 *
 * - `body-taken`: other code has read the body, is reading it, or has removed it.
 * - `client-gone`: the request was aborted.
 * - `busy`: as many uploads as there may be are in progress.
 */
export type NotAdmittedReason = "body-taken" | "busy" | "client-gone";

/** Says on the wire why an upload was not stored, and how to go on. */
export function wireErrorOfFailure(
  failure: RelayFailure,
  { maxBytes, mayTryAgain }: Pick<AcceptedRelay, "maxBytes" | "mayTryAgain">,
): WireError {
  const detail = failure === "too-large" ? `The upload brought more than the ${maxBytes} bytes that it may bring.` : "";
  return wireError(failure, { detail, mayTryAgain });
}
