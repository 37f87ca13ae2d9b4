/**
 * What is wrong, as a stable string to switch on.
 *
 * - `ARGUMENT_INVALID`: an argument is missing, unknown or of the wrong form; the message names it and the form expected.
 * - `FUNCTIONS_UNFIT`: the edge functions cannot be built, or Lambda@Edge would not take what was built.
 */
export type DeployErrorCode = "ARGUMENT_INVALID" | "FUNCTIONS_UNFIT";

/** The one error class of this package. The message is meant for people and repeats no value that may be a secret. */
export class DeployError extends Error {
  override readonly name = "DeployError";
  readonly code: DeployErrorCode;

  constructor(code: DeployErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The error for arguments of the stack called `name`. */
export function invalidArguments(name: string, faults: readonly string[]): DeployError {
  return new DeployError("ARGUMENT_INVALID", `singleUseUploads ${name}: ${faults.join("; ")}`);
}
