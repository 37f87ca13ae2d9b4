import { PresignOnceError, type SignatureHash } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import { allowsAnyWithCredentials, type Cors, createCors, type WriteLine } from "@presign-once/core/http";

/** Something that went wrong, and is not the client's doing. */
export interface RelayError {
  /** `undefined`: not of one request, but of the check whether the store is fit for retries. */
  readonly requestId: string | undefined;
  /**
   * What was thrown, or what an index or a store gave as its reason; `undefined` where there is none, as of a relay that is
   * `busy`. May hold a URL or a header: do not log it as it is.
   */
  readonly cause: unknown;
  /** Of an upload that is not stored for it, as in the log: `store-failed`, `unavailable`, …; of that check `retries-broken` or `retries-undecided`. */
  readonly reason?: string | undefined;
  /** Names the index entry of that upload's URL. */
  readonly hash?: SignatureHash | undefined;
  /** Of that upload's grant, where the URL was used up by it. */
  readonly id?: string | undefined;
}

/** Options that all handlers of this package share. */
export interface CommonOptions {
  /** Origins as browsers send them, such as `https://app.example`, or `*`: their pages may issue and upload; default none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Whether pages of `corsOrigins` may send credentials of the browser, such as cookies; not with `*`. Default false. */
  readonly corsCredentials?: boolean | undefined;
  /** Takes each line of the log, JSON without its line end; default `console.log`. What it throws, or rejects with, is dropped. */
  readonly writeLine?: WriteLine | undefined;
  /** Told of each fault of the index, the store, a hook or the handler itself, beside the log; not waited for. */
  readonly onError?: ((error: RelayError) => void) | undefined;
  /** Names a request in answers and log lines, in up to 128 printable characters; default, also if it throws: a random id. */
  readonly requestId?: ((request: Request) => string) | undefined;
}

/** {@link CommonOptions}, checked and complete. */
export interface Common {
  readonly cors: Cors;
  /** Writes a line of the log, and tells of an error where it has a cause. */
  writeLine(line: string, error?: RelayError): void;
  tellError(error: RelayError): void;
  requestIdOf(request: Request): string;
}

const MAX_REQUEST_ID_LENGTH = 128;

/** Checks {@link CommonOptions}. @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected */
export function readCommon({
  corsOrigins = [],
  corsCredentials: credentials = false,
  writeLine = writeToConsole,
  onError,
  requestId,
}: CommonOptions): Common {
  const areOrigins =
    Array.isArray(corsOrigins) &&
    corsOrigins.every((origin: unknown) => typeof origin === "string" && forms.origin.is(origin));
  if (!areOrigins) throw invalid("corsOrigins", `a list of ${forms.origin.words}`);
  if (typeof credentials !== "boolean") throw invalid("corsCredentials", "true or false");
  const cors = { origins: corsOrigins, credentials };
  if (allowsAnyWithCredentials(cors))
    throw invalid(
      "corsCredentials",
      "false, or corsOrigins without *: no browser takes credentials together with any origin",
    );
  if (typeof writeLine !== "function") throw invalid("writeLine", "a function");
  if (onError !== undefined && typeof onError !== "function") throw invalid("onError", "a function");
  const tellError = (error: RelayError): void => attempt(() => onError?.(error));
  if (requestId !== undefined && typeof requestId !== "function") throw invalid("requestId", "a function");
  return {
    cors: createCors(cors),
    writeLine(line, error) {
      attempt(() => writeLine(line));
      if (error?.cause !== undefined) tellError(error);
    },
    tellError,
    requestIdOf(request) {
      const id: unknown = attempt(() => requestId?.(request));
      if (typeof id !== "string" || id === "") return crypto.randomUUID();
      return id.slice(0, MAX_REQUEST_ID_LENGTH).replace(/[^ -~]/g, "?");
    },
  };
}

/** Calls something of the operator's that must not disturb an upload: what it throws, now or later, is dropped. */
export function attempt<T>(call: () => T): T | undefined {
  try {
    const result = call();
    Promise.resolve(result).catch(() => {}); // an unhandled rejection ends the process
    return result;
  } catch {
    return undefined;
  }
}

/** The error for an option that is not of the form it must have. */
export function invalid(option: string, expected: string): PresignOnceError {
  return new PresignOnceError("ARGUMENT_INVALID", `${option}: expected ${expected}`);
}

function writeToConsole(line: string): void {
  console.log(line);
}
