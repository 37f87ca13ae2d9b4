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
export {
  type AcceptedUpload,
  type ClaimDecision,
  type Claimer,
  createClaimer,
  MAX_SKEW_SECONDS,
  ORIGIN_GRACE_SECONDS,
  type RefusedUpload,
  type UploadRequest,
} from "./claim.ts";
export { type Claimant, isClaimant } from "./claimant.ts";
export { type Clock, systemClock } from "./clock.ts";
export { createEdgeKeys, type EdgeKey, type EdgeKeys, LOCK_HEADER, type LockedUrl } from "./edge-keys.ts";
export type { HeaderField } from "./header-field.ts";
export { type HeaderFault, MAX_HEADER_BYTES, MAX_PUT_BYTES } from "./header-rules.ts";
export { type Ids, randomIds } from "./ids.ts";
export {
  createIssuer,
  type Grant,
  type Issuer,
  type IssueOutcome,
  type IssueRequest,
  MAX_TTL_SECONDS,
} from "./issue.ts";
export { PresignOnceError, type PresignOnceErrorCode } from "./presign-once-error.ts";
export type { PresignedRequest, Presigner, PresignRequest } from "./presigner.ts";
export { hashCanonicalRequest, isSignatureHash, type SignatureHash } from "./signature-hash.ts";
export type {
  ClaimOutcome,
  InspectOutcome,
  RegisterOutcome,
  RevokeOutcome,
  SignatureIndex,
} from "./signature-index.ts";
export { formatAmzDate, MAX_EXPIRES_SECONDS, MAX_URL_BYTES } from "./signed-url.ts";
