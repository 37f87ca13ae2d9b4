export { onlyValue } from "../ports/header-field.ts";
export { allowsAnyWithCredentials, type Cors, type CorsRules, createCors } from "./cors.ts";
export {
  acceptsHtml,
  failedDownloadAnswer,
  passAnswer,
  refusedDownloadAnswer,
  shownAnswer,
} from "./download-answers.ts";
export {
  describeDecision,
  describeDownload,
  describeFault,
  describeProof,
  describeRelayed,
  type WriteLine,
} from "./decision-log.ts";
export { asksForDownload, readDownloadRequest } from "./download-request.ts";
export { CALLER_LIMITS, hasRoom, readCallerLimits, SUBJECT_METADATA } from "../gate/caller-limits.ts";
export { type GrantLimits, type GrantRequest, narrow, type ParameterFault, readGrantRequest } from "./grant-request.ts";
export type { HttpAnswer } from "./http-answer.ts";
export { createIssueEndpoint, type IssueEndpoint } from "./issue-endpoint.ts";
export { type Outcome, wireError, wireErrorOf } from "./refusals.ts";
export { refusalAnswer, storedAnswer } from "./upload-answers.ts";
export { errorAnswer, errorForm, type WireError } from "./wire-error.ts";
