import { type Grant, type GrantOptions, requestGrant } from "./request-grant.ts";
import { sendOnce, type SendOptions } from "./send-once.ts";
import { aborted, UploadError } from "./upload-error.ts";

/** How to upload. */
export interface UploadOptions extends GrantOptions, SendOptions {
  /**
   * How often a new URL may be asked for when one came to nothing: expired, used up, undecided, the connection lost, or
   * S3 not able to. An upload whose connection was lost may have arrived: each new URL is another object. Default 0.
   */
  readonly freshUrls?: number;
}

/** Codes after which only another URL can help. */
const NEEDS_FRESH_URL = ["NetworkError", "UrlAlreadyUsed", "UrlExpired", "UrlUnknown", "ClaimUndecided"];
/** How often a request is made again that the edge was too busy for. */
const MAX_SLOW_DOWNS = 3;

/**
 * Uploads a file with a URL that works once, asked for just in time.
 *
 * Asks for a URL bound to exactly this file's size, type and name, sends the headers that were granted and no others,
 * and never sends a URL again that may be used up.
 *
 * @returns the grant that was used; its `key` names the object
 * @throws {UploadError} whatever went wrong, as a code and a sentence
 * @example
 * const { key } = await upload(input.files[0], { endpoint: "/url", onProgress: ({ sentBytes }) => show(sentBytes) });
 */
export async function upload(file: Blob, options: UploadOptions): Promise<Grant> {
  for (let freshUrls = options.freshUrls ?? 0; ; freshUrls--) {
    const grant = await patiently(() => requestGrant(file, options), options.signal);
    try {
      await patiently(() => sendOnce(file, grant, options), options.signal);
      return grant;
    } catch (error) {
      if (!(error instanceof UploadError) || !needsFreshUrl(error) || freshUrls <= 0) throw error;
    }
  }
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
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const stop = (): void => {
      clearTimeout(timer);
      reject(aborted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
