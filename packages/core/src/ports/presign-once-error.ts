/**
 * What went wrong, as a stable string to switch on.
 *
 * - `CONFIG_INVALID`: a setting is missing, of the wrong form or unknown; the message names it and the form expected.
 * - `ARGUMENT_INVALID`: a caller's argument is out of range; the message names it.
 * - `EVENT_INVALID`: a handler was called with something that is no event of its kind: CloudFront's viewer request, or an event of S3.
 * - `PRESIGN_FAILED`: the presigner could not sign, or signed something other than what it was asked for.
 * - `INDEX_MISCONFIGURED`: the index cannot keep its promise on this store, for example because versioning is off.
 * - `INDEX_UNREADABLE`: an index entry holds something that presign-once did not write.
 * - `STORE_REFUSED`: the store refuses what it is asked, and will until credentials, rights or settings are changed; the
 *   message says which, and `cause` is what the store answered.
 * - `UPLOAD_TOO_LARGE`: an upload brings more bytes than the store takes; the message says how many that are, and what
 *   would make it more.
 * - `BODY_REFUSED`: the body of an upload is not what was granted, or did not come to its end; the message says which.
 * - `RETRIES_UNPROVEN`: retries are asked for on a store that was not proven to keep one object of a URL; the message says
 *   what was seen, or that it could not be tried.
 * - `LAW_BROKEN`: an implementation of {@link SignatureIndex}, {@link UploadSink}, `Ids` or `Authorizer` was seen to break one of its laws.
 */
export type PresignOnceErrorCode =
  | "CONFIG_INVALID"
  | "ARGUMENT_INVALID"
  | "EVENT_INVALID"
  | "PRESIGN_FAILED"
  | "INDEX_MISCONFIGURED"
  | "INDEX_UNREADABLE"
  | "STORE_REFUSED"
  | "UPLOAD_TOO_LARGE"
  | "BODY_REFUSED"
  | "RETRIES_UNPROVEN"
  | "LAW_BROKEN";

/**
 * The one error class of presign-once: faults and misuse only. Expected results are values, never exceptions.
 *
 * The message is meant for people and carries no secret, URL or query string; `cause` is the underlying error, if any.
 *
 * @example
 * try { await bundleEdge({ outDir, config }) }
 * catch (error) { if (error instanceof PresignOnceError && error.code === "CONFIG_INVALID") console.error(error.message) }
 */
export class PresignOnceError extends Error {
  override readonly name = "PresignOnceError";
  readonly code: PresignOnceErrorCode;
  /** Of `ARGUMENT_INVALID` by an issuer: the field of the request that is wrong. */
  readonly field: string | undefined;

  constructor(code: PresignOnceErrorCode, message: string, options: { cause?: unknown; field?: string } = {}) {
    super(message, options);
    this.code = code;
    this.field = options.field;
  }
}

const PERMANENT: ReadonlySet<string> = new Set<PresignOnceErrorCode>([
  "INDEX_MISCONFIGURED",
  "INDEX_UNREADABLE",
  "STORE_REFUSED",
]);

/**
 * Tells whether the cause of an `indeterminate` or `undecided` outcome will be met again however often the caller tries:
 * the operator has to change something first. Every other cause may be gone the next time.
 */
export function isPermanentFault(cause: unknown): cause is PresignOnceError {
  return cause instanceof PresignOnceError && PERMANENT.has(cause.code);
}
