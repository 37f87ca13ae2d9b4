/**
 * Why an upload did not happen.
 *
 * From the edge and from S3, as they spell it: `UrlAlreadyUsed`, `UrlExpired`, `UrlUnknown`, `EntityTooLarge`,
 * `InvalidRequest`, `InvalidArgument`, `Unauthorized`, `ClaimUndecided`, `SlowDown`, … From here:
 *
 * - `NetworkError`: no whole answer came, or none that this page may read (CORS). The URL may be used up, and the upload
 *   may have arrived.
 * - `Aborted`: the signal said so. The URL may be used up.
 * - `GrantRefused`: the endpoint gave no URL, without saying why in a form that can be read.
 * - `UploadRefused`: the same, for the upload.
 */
export type UploadErrorCode = "NetworkError" | "Aborted" | "GrantRefused" | "UploadRefused" | (string & {});

/** The one error that `upload` throws; `message` is fit for people. */
export class UploadError extends Error {
  override readonly name = "UploadError";
  readonly code: UploadErrorCode;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | undefined;
  /** Seconds after which the same request may be tried again, where the answer says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: UploadErrorCode, message: string, details: { status?: number; retryAfterSeconds?: number } = {}) {
    super(message);
    this.code = code;
    this.status = details.status;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** The error for an answer that did not come. */
export function networkError(doing: string): UploadError {
  return new UploadError(
    "NetworkError",
    `No answer came while ${doing}: the connection was lost, or this page may not read the answer.`,
  );
}

/** The error for an upload that was told to stop. */
export function aborted(): UploadError {
  return new UploadError("Aborted", "The upload was stopped.");
}
