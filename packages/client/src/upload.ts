import { readError, UploadError } from "./upload-error.ts";

/** How far an upload is. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Average since the upload began; 0 at its very beginning. */
  readonly bytesPerSecond: number;
  /** At that rate; `Infinity` while the rate is 0. */
  readonly secondsLeft: number;
}

/** How to upload. */
export interface UploadOptions {
  /** Where URLs are issued: `https://d111111abcdef8.cloudfront.net/url`, or relative to the page. */
  readonly endpoint: string;
  /** Sent to the endpoint, for its authorizer: `{ authorization: "Bearer …" }`. Never sent with the upload. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Stops the upload. */
  readonly signal?: AbortSignal;
  /**
   * How often a new URL may be asked for when one came to nothing: expired, used up, undecided, or the connection was
   * lost. An upload whose connection was lost may have arrived: each new URL is another object. Default 0.
   */
  readonly freshUrls?: number;
}

/** What the endpoint hands out. */
export interface Grant {
  readonly url: string;
  readonly method: "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  readonly expiresAt: string;
}

/** Codes after which only another URL can help. */
const NEEDS_FRESH_URL = ["NetworkError", "UrlAlreadyUsed", "UrlExpired", "UrlUnknown", "ClaimUndecided"];
/** How often the same URL is tried again that S3 was too busy for: it is not used up then. */
const MAX_SLOW_DOWNS = 3;

/**
 * Uploads a file with a URL that works once, asked for just in time.
 *
 * Asks for a URL bound to exactly this file's size, type and name, sends the headers that were granted and no others,
 * and never sends a URL twice that may be used up.
 *
 * @returns the grant that was used; its `key` names the object
 * @throws {UploadError} whatever went wrong, as a code and a sentence
 * @example
 * const { key } = await upload(input.files[0], { endpoint: "/url", onProgress: ({ sentBytes }) => show(sentBytes) });
 */
export async function upload(file: Blob, options: UploadOptions): Promise<Grant> {
  for (let freshUrls = options.freshUrls ?? 0; ; freshUrls--) {
    const grant = await requestGrant(file, options);
    try {
      await sendPatiently(file, grant, options);
      return grant;
    } catch (error) {
      const mayTryAgain = error instanceof UploadError && NEEDS_FRESH_URL.includes(error.code) && freshUrls > 0;
      if (!mayTryAgain) throw error;
    }
  }
}

/**
 * Asks for a URL for one file.
 *
 * @throws {UploadError} the endpoint's own code, `GrantRefused`, `NetworkError` or `Aborted`
 */
export async function requestGrant(file: Blob, options: Omit<UploadOptions, "onProgress" | "freshUrls">): Promise<Grant> {
  const url = new URL(options.endpoint, globalThis.location?.href);
  url.searchParams.set("content-length", String(file.size));
  if (file.type !== "") url.searchParams.set("content-type", file.type);
  if ("name" in file && typeof file.name === "string") url.searchParams.set("filename", file.name);
  const signal = options.signal ?? null;
  let answer: Response;
  try {
    answer = await fetch(url, { headers: { accept: "application/json", ...options.headers }, signal });
  } catch {
    throw signal?.aborted ? aborted() : networkError("asking for a URL");
  }
  const body = await answer.text();
  if (answer.ok) return JSON.parse(body) as Grant;
  throw readError({ status: answer.status, body, retryAfter: answer.headers.get("retry-after") }, "GrantRefused");
}

/**
 * Sends a file to the URL of a grant, once.
 *
 * @throws {UploadError} the edge's or S3's own code, `UploadRefused`, `NetworkError` or `Aborted`
 */
export function sendOnce(file: Blob, grant: Grant, { onProgress, signal }: Pick<UploadOptions, "onProgress" | "signal">) {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const request = new XMLHttpRequest(); // fetch cannot tell how much of a body was sent
    const started = performance.now();
    const stop = (): void => request.abort();
    signal?.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = ({ loaded }) => onProgress?.(progressOf(loaded, file.size, performance.now() - started));
    request.onload = () => {
      const { status, responseText: body } = request;
      if (status >= 200 && status < 300) return resolve();
      reject(readError({ status, body, retryAfter: request.getResponseHeader("retry-after") }, "UploadRefused"));
    };
    request.onerror = () => reject(networkError("uploading"));
    request.onabort = () => reject(aborted());
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    request.open(grant.method, grant.url);
    for (const [name, value] of Object.entries(grant.headers)) {
      if (name !== "content-length") request.setRequestHeader(name, value); // the browser sends that one by itself
    }
    request.send(file);
  });
}

async function sendPatiently(file: Blob, grant: Grant, options: UploadOptions): Promise<void> {
  for (let slowDowns = 0; ; slowDowns++) {
    try {
      return await sendOnce(file, grant, options);
    } catch (error) {
      if (!(error instanceof UploadError) || error.code !== "SlowDown" || slowDowns === MAX_SLOW_DOWNS) throw error;
      await wait(error.retryAfterSeconds ?? 2, options.signal);
    }
  }
}

function progressOf(sentBytes: number, totalBytes: number, ms: number): UploadProgress {
  const bytesPerSecond = ms > 0 ? (sentBytes * 1000) / ms : 0;
  const secondsLeft = (totalBytes - sentBytes) / bytesPerSecond;
  return { sentBytes, totalBytes, bytesPerSecond, secondsLeft: Number.isNaN(secondsLeft) ? 0 : secondsLeft };
}

function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(aborted())), { once: true });
  });
}

function networkError(doing: string): UploadError {
  return new UploadError("NetworkError", `The connection was lost while ${doing}.`);
}

function aborted(): UploadError {
  return new UploadError("Aborted", "The upload was stopped.");
}
