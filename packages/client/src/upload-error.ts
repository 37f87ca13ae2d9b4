/**
 * Why an upload did not happen.
 *
 * From the edge and from S3, as they send it: `UrlAlreadyUsed`, `UrlExpired`, `UrlUnknown`, `EntityTooLarge`,
 * `InvalidRequest`, `InvalidArgument`, `Unauthorized`, `ClaimUndecided`, `SlowDown`, … From here:
 *
 * - `NetworkError`: no whole answer came, or none that this page may read (CORS). The URL may be used up, and the upload
 *   may have arrived.
 * - `Aborted`: the signal said so. The URL may be used up.
 * - `Stalled`: no progress for `stallSeconds`. The URL may be used up.
 * - `FileUnreadable`: the file was deleted, moved or changed after it was chosen, or it is a folder. Noticed before a URL
 *   is requested, before the file is sent, or after an upload broke off.
 * - `WrongSize`: the URL was granted for a file of another size; nothing was sent.
 * - `ARGUMENT_INVALID`: an argument is not of the form it must have; nothing was read or sent.
 * - `Unsupported`: there is no `XMLHttpRequest` here; nothing was read or sent.
 * - `GrantRefused`: the endpoint gave no URL, without saying why in a form that can be read.
 * - `UploadRefused`: the same, for the upload.
 */
export type UploadErrorCode =
  | "NetworkError"
  | "Aborted"
  | "Stalled"
  | "FileUnreadable"
  | "WrongSize"
  | "ARGUMENT_INVALID"
  | "Unsupported"
  | "GrantRefused"
  | "UploadRefused"
  | (string & {});

/** The one error that `upload` throws; `message` is fit for people. */
export class UploadError extends Error {
  override readonly name = "UploadError";
  readonly code: UploadErrorCode;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | undefined;
  /** Seconds after which the same request may be tried again, where the answer says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: UploadErrorCode,
    message: string,
    details: { status?: number; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** The error for an answer that did not come. */
export function networkError(doing: string, cause?: unknown): UploadError {
  return new UploadError(
    "NetworkError",
    `No answer came while ${doing}: the connection was lost, or this page may not read the answer.`,
    { cause },
  );
}

/** The error for an aborted upload. */
export function aborted(cause?: unknown): UploadError {
  return new UploadError("Aborted", "The upload was stopped.", { cause });
}

/** Whether an upload may have arrived or not. */
export function isLost({ code }: UploadError): boolean {
  return code === "NetworkError" || code === "Stalled";
}
