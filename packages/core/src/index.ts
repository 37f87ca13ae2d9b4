export {
  type Authorization,
  type Authorizer,
  type AuthorizerRequest,
  bearerToken,
  type CallerLimits,
  everybody,
  readCookie,
} from "./ports/authorizer.ts";
export { createBearerAuthorizer } from "./gate/bearer-authorizer.ts";
export { canonicalQuery, canonicalRequest, parseQuery, percentEncode, TAG_PARAMETER } from "./url/canonical-request.ts";
export type { QueryParameter } from "./ports/presigner.ts";
export { type ClaimDecision, type Claimer, createClaimer } from "./edge/claim.ts";
export { createDownloader, type DownloadDecision, type Downloader } from "./edge/download.ts";
export { type ClaimedDownload, createDownloadGate, DOWNLOAD_METHODS, DOWNLOAD_PATH } from "./ticket/download-gate.ts";
export {
  createDownloadIssuer,
  type DownloadGrant,
  type DownloadIssueOutcome,
  type DownloadIssuer,
  type DownloadRequest,
} from "./ticket/download-issuer.ts";
export type { UploadRequest } from "./edge/checked-upload.ts";
export type { TicketUse } from "./edge/ticket-upload.ts";
export type { NotAdmitted, RetryRules } from "./gate/claim-once.ts";
export { type Claimant, isClaimant } from "./ports/claimant.ts";
export { CLIENT_HEADER, SAME_CLIENT } from "./gate/client-secret.ts";
export { type Clock, systemClock } from "./ports/clock.ts";
export { type Digests, webDigests } from "./ports/digests.ts";
export {
  createEdgeKeys,
  type EdgeKey,
  type EdgeKeys,
  type KeyAllowance,
  LOCK_HEADER,
  type UrlUse,
} from "./url/edge-keys.ts";
export { GRANT_ID_METADATA } from "./url/grant-id.ts";
export { ATTEMPT_METADATA, boundMetadata } from "./url/added-metadata.ts";
export { type HeaderField, isStrongEtag } from "./ports/header-field.ts";
export { MAX_PUT_BYTES } from "./edge/header-rules.ts";
export { type Ids, randomIds } from "./ports/ids.ts";
export { createIssuer } from "./edge/issue.ts";
export type { OneObjectOutcome } from "./ports/one-object.ts";
export type { Grant, Issuer, IssueOutcome, IssueRequest } from "./gate/issuer.ts";
export { isPermanentFault, PresignOnceError, type PresignOnceErrorCode } from "./ports/presign-once-error.ts";
export type { PresignedRequest, Presigner, PresignRequest } from "./ports/presigner.ts";
export type { RefusedUpload } from "./gate/refused-upload.ts";
export { createRelayClaimer, RELAY_METHODS } from "./relay/relay-claimer.ts";
export type { AcceptedRelay, RelayClaimer, RelayDecision } from "./relay/relay-claimer.ts";
export { createTicketIssuer, MAX_OBJECT_BYTES } from "./ticket/ticket-issuer.ts";
export { hashCanonicalRequest, shortHash, type SignatureHash } from "./ports/signature-hash.ts";
export type {
  ClaimOutcome,
  InspectOutcome,
  RegisterOutcome,
  RevokeOutcome,
  SignatureIndex,
} from "./ports/signature-index.ts";
export { contentDisposition } from "./url/content-disposition.ts";
export { type Encryption, encodeTags, type StorageRules, storageHeaders } from "./url/storage-headers.ts";
export { findStorageFault, KEY_RULE, TAG_RULES } from "./url/storage-rules.ts";
export { formatAmzDate } from "./url/amz-date.ts";
export { MAX_SKEW_SECONDS, MAX_TTL_SECONDS } from "./url/url-life.ts";
export type { DownloadSource, ReaderSignal, SourceFile, SourceOutcome } from "./ports/download-source.ts";
export type { SinkOutcome, SinkUpload, UploadSink } from "./ports/upload-sink.ts";
export { SINGLE_HEADERS } from "./gate/upload-headers.ts";
export type { HistoryOutcome, StoredUpload, UploadHistory } from "./ports/upload-history.ts";
