/** What went wrong, for a caller who wants to branch on it. */
export type LocalEdgeErrorCode =
  | "OPTION_INVALID"
  | "FUNCTION_MISSING"
  | "PORT_TAKEN"
  | "R2_FAILED"
  | "ENDPOINT_UNREACHABLE"
  | "BUCKET_MISSING"
  | "CREDENTIALS_REFUSED"
  | "S3_REFUSED"
  | "STRATEGY_UNSAFE"
  | "RETRIES_UNSAFE";

/**
 * Something the person who started the edge can put right.
 *
 * The message is one line and names the option and the fix; it never holds a secret or a signed URL.
 */
export class LocalEdgeError extends Error {
  readonly code: LocalEdgeErrorCode;

  constructor(code: LocalEdgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LocalEdgeError";
    this.code = code;
  }
}
