export { type Authorization, type Authorizer, bearerToken, everybody } from "./authorizer.ts";
export { type BearerTokenDigest, createBearerAuthorizer } from "./bearer-authorizer.ts";
export {
  canonicalQuery,
  canonicalRequest,
  parseQuery,
  percentEncode,
  type QueryParameter,
  TAG_PARAMETER,
} from "./canonical-request.ts";
export { MAX_TTL_SECONDS } from "./check-issue-request.ts";
export {
  type AcceptedUpload,
  type ClaimDecision,
  type Claimer,
  createClaimer,
  MAX_SKEW_SECONDS,
  ORIGIN_GRACE_SECONDS,
  type UploadRequest,
} from "./claim.ts";
export type { Admit, NotAdmitted, RetryRules } from "./claim-once.ts";
export { type Claimant, isClaimant } from "./claimant.ts";
export { CLIENT_HEADER, isClientSecret, SAME_CLIENT } from "./client-secret.ts";
export { type Clock, systemClock } from "./clock.ts";
export { type Digests, webDigests } from "./digests.ts";
export { createEdgeKeys, type EdgeKey, type EdgeKeys, LOCK_HEADER, type LockedUrl } from "./edge-keys.ts";
export { GRANT_ID_METADATA } from "./grant-id.ts";
export type { HeaderField } from "./header-field.ts";
export type { HeaderFault } from "./header-fault.ts";
export { MAX_HEADER_BYTES, MAX_PUT_BYTES } from "./header-rules.ts";
export { type Ids, randomIds } from "./ids.ts";
export { createIssuer } from "./issue.ts";
export type { OneObjectOutcome } from "./one-object.ts";
export type { Grant, Issuer, IssueOutcome, IssueRequest } from "./issuer.ts";
export { PresignOnceError, type PresignOnceErrorCode } from "./presign-once-error.ts";
export type { PresignedRequest, Presigner, PresignRequest } from "./presigner.ts";
export type { RefusedUpload } from "./refused-upload.ts";
export { createRelayClaimer, RELAY_METHODS } from "./relay/relay-claimer.ts";
export type { AcceptedRelay, RelayClaimer, RelayDecision, RelayRequest } from "./relay/relay-claimer.ts";
export type { SinkLimits } from "./relay/relay-header-rules.ts";
export { createRelayIssuer, MAX_RELAY_BYTES } from "./relay/relay-issuer.ts";
export { MAX_TOKEN_LENGTH, type RelayGrant } from "./relay/relay-token.ts";
export { hashCanonicalRequest, isSignatureHash, shortHash, type SignatureHash } from "./signature-hash.ts";
export type {
  ClaimOutcome,
  InspectOutcome,
  RegisterOutcome,
  RevokeOutcome,
  SignatureIndex,
} from "./signature-index.ts";
export { formatAmzDate, MAX_EXPIRES_SECONDS, MAX_URL_BYTES } from "./signed-url.ts";
export type { SinkOutcome, SinkUpload, UploadSink } from "./upload-sink.ts";
export { SINGLE_HEADERS } from "./upload-headers.ts";
export type { HistoryOutcome, StoredUpload, UploadHistory } from "./upload-history.ts";
