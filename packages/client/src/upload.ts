import { checkArguments, checkPlatform } from "./check-arguments.ts";
import { type UploadGrant, type GrantOptions, requestGrant } from "./request-grant.ts";
import { sendOnce, type SendOptions } from "./send-once.ts";
import { isLost, UploadError } from "./upload-error.ts";
import { withinLimits } from "./within-limits.ts";

/** How to upload. */
export interface UploadOptions extends GrantOptions, Omit<SendOptions, "clientSecret"> {
  /**
   * How often an upload whose connection was lost is sent again to the same URL, until it has arrived. Asks for a URL that
   * allows it, so the endpoint has to offer them. Default 0.
   */
  readonly retries?: number;
  /**
   * How often a new URL may be asked for when one came to nothing: expired, used up, undecided, the connection lost, or
   * S3 not able to. An upload whose connection was lost may have arrived: each new URL is another object. Default 0.
   */
  readonly freshUrls?: number;
  /** Called with each URL that was granted, before the file is sent to it. What it throws ends the upload. */
  readonly onGrant?: (grant: UploadGrant) => void;
  /** Called before the file is sent again, or another URL is requested. */
  readonly onRetry?: (retry: UploadRetry) => void;
}

/** An upload that is about to be tried again. */
export interface UploadRetry {
  /** How many retries that makes, this one included. */
  readonly attempt: number;
  /** Whether another URL is requested. */
  readonly freshUrl: boolean;
  /** What went wrong before. */
  readonly error: UploadError;
}

/** Codes after which only another URL can help. */
const NEEDS_FRESH_URL = ["NetworkError", "Stalled", "UrlAlreadyUsed", "UrlExpired", "UrlUnknown", "ClaimUndecided"];
/** How often a request is made again that the edge was too busy for. */
const MAX_SLOW_DOWNS = 3;
/** Seconds before the first retry of a lost upload; doubled each time. */
const FIRST_RETRY_SECONDS = 1;
/** Bytes of the secret by which a client is known to its own retries. */
const SECRET_BYTES = 24;

/**
 * Uploads a file with a URL that works once, requested just in time.
 *
 * Reads the file's first and last byte, so that no URL is requested for a file that cannot be read. Requests a URL bound
 * to exactly this file's size, type and name, and sends the granted headers and no others. Never uses a URL again that may
 * be used up, except where the grant allows the same client to.
 *
 * @returns the grant that was used; its `key` names the object
 * @throws {UploadError} whatever went wrong, as a code and a sentence
 * @example
 * const { key } = await upload(input.files[0], { endpoint: "/url", onProgress: ({ sentBytes }) => show(sentBytes) });
 */
export async function upload(file: Blob, options: UploadOptions): Promise<UploadGrant> {
  checkPlatform();
  checkArguments({ file }, options, "endpoint");
  const { retries = 0, signal } = options;
  let attempt = 0;
  const onRetry = (error: UploadError, freshUrl: boolean): void =>
    options.onRetry?.({ attempt: ++attempt, freshUrl, error });
  const endpoint = retries > 0 ? withRetries(options.endpoint) : options.endpoint;
  for (let freshUrls = options.freshUrls ?? 0; ; freshUrls--) {
    const grant = await patiently(() => requestGrant(file, { ...options, endpoint }), signal);
    options.onGrant?.(grant);
    try {
      await sendUntilArrived(file, grant, { ...options, retries, onRetry: (error) => onRetry(error, false) });
      return grant;
    } catch (error) {
      if (!(error instanceof UploadError) || !needsFreshUrl(error) || freshUrls <= 0) throw error;
      onRetry(error, true);
    }
  }
}

function withRetries(endpoint: string | URL): URL {
  const url = new URL(endpoint, globalThis.location?.href);
  url.searchParams.set("retries", "same-client");
  return url;
}

/** Sends a file to one URL, and again where that may be done and can help. */
async function sendUntilArrived(
  file: Blob,
  grant: UploadGrant,
  options: Omit<UploadOptions, "onRetry"> & { retries: number; onRetry: (error: UploadError) => void },
): Promise<void> {
  const { signal, retries, onRetry } = options;
  const clientSecret = grant.retries === undefined ? undefined : newSecret();
  for (let tries = 0; ; tries++) {
    try {
      return await patiently(() => sendOnce(file, grant, { ...options, clientSecret }), signal);
    } catch (error) {
      if (!(error instanceof UploadError)) throw error;
      // No other client has this secret: a request of before has arrived, its answer lost. The first try may have been two
      // requests, too, since browsers send one again by themselves when a kept connection was reset.
      if (clientSecret !== undefined && error.code === "UploadAlreadyStored") return;
      if (tries > 0 && error.status === 412) return;
      if (clientSecret === undefined || !isLost(error) || tries === retries) throw error;
      onRetry(error);
      await wait(FIRST_RETRY_SECONDS * 2 ** tries, signal);
    }
  }
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function needsFreshUrl(error: UploadError): boolean {
  return NEEDS_FRESH_URL.includes(error.code) || ((error.status ?? 0) >= 500 && !isBusyEdge(error));
}

/** Whether it was the edge that had no time, before the URL was used. S3 may say so too, after; but never until when. */
function isBusyEdge({ code, retryAfterSeconds }: UploadError): boolean {
  return code === "SlowDown" && retryAfterSeconds !== undefined;
}

async function patiently<T>(request: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let slowDowns = 0; ; slowDowns++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof UploadError) || !isBusyEdge(error) || slowDowns === MAX_SLOW_DOWNS) throw error;
      await wait(error.retryAfterSeconds ?? 0, signal);
    }
  }
}

function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return withinLimits({ signal, stallSeconds: 0 }, "waiting", (step) => {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      step.signal.addEventListener("abort", () => clearTimeout(timer));
    });
  });
}
