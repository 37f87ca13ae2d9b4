import type { WireError } from "./wire-error.ts";

/** What a client is told when issuing failed through no fault of the request. */
export const ISSUE_FAULT: WireError = {
  status: 500,
  code: "InternalError",
  message: "No URL could be issued. The operator's log says why.",
};

/** What a client is told when nobody could find out whether its upload may pass. */
export const CLAIM_UNDECIDED: WireError = {
  status: 503,
  code: "ClaimUndecided",
  message: "It could not be told whether this URL is used up, so nothing was uploaded. Ask for a new one.",
};
