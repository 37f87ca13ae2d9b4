/**
 * Why an upload did not happen.
 *
 * From the edge and from S3, as they spell it: `UrlAlreadyUsed`, `UrlExpired`, `UrlUnknown`, `EntityTooLarge`,
 * `InvalidRequest`, `InvalidArgument`, `ClaimUndecided`, `SlowDown`, … From here:
 *
 * - `NetworkError`: no whole answer came. The URL may be used up, and the upload may have arrived.
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

/**
 * Reads an error answer: S3's XML, or JSON with the same fields.
 *
 * @param otherwise  the code when the answer says nothing that can be read
 */
export function readError(
  answer: { readonly status: number; readonly body: string; readonly retryAfter: string | null },
  otherwise: "GrantRefused" | "UploadRefused",
): UploadError {
  const field = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>|"${name}" ?: ?"([^"]*)"`, "i").exec(answer.body)?.slice(1).find(Boolean);
  const code = field("Code") ?? otherwise;
  const message = field("Message") ?? `The server answered ${answer.status}.`;
  const seconds = Number(answer.retryAfter ?? Number.NaN);
  return new UploadError(code, message, {
    status: answer.status,
    ...(Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {}),
  });
}
