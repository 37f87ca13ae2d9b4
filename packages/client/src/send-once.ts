import { readError } from "./read-error.ts";
import type { Grant } from "./request-grant.ts";
import { aborted, networkError } from "./upload-error.ts";

/** How far an upload is. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Average since the upload began; 0 at its very beginning. */
  readonly bytesPerSecond: number;
  /** At that rate; `Infinity` while the rate is 0. */
  readonly secondsLeft: number;
}

/** How to send a file. */
export interface SendOptions {
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Makes this client known to its own retries, where the grant allows them: 22 random characters or more. */
  readonly clientSecret?: string | undefined;
  /** Stops the upload. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a file to the URL of a grant, once, with the granted headers and no others.
 *
 * @throws {UploadError} the edge's or S3's own code, `UploadRefused`, `NetworkError` or `Aborted`
 */
export function sendOnce(
  file: Blob,
  grant: Grant,
  { onProgress, clientSecret, signal }: SendOptions = {},
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const request = new XMLHttpRequest(); // fetch cannot tell how much of a body was sent
    const started = performance.now();
    const stop = (): void => request.abort();
    signal?.addEventListener("abort", stop, { once: true });
    if (onProgress !== undefined)
      request.upload.addEventListener("progress", ({ loaded }) =>
        onProgress(progressOf(loaded, file.size, performance.now() - started)),
      );
    request.addEventListener("load", () => {
      const { status, responseText: body } = request;
      if (status >= 200 && status < 300) return resolve();
      const retryAfter = request.getResponseHeader("retry-after");
      reject(readError({ status, body, retryAfter }, "UploadRefused"));
    });
    request.addEventListener("error", () => reject(networkError("uploading")));
    request.addEventListener("abort", () => reject(aborted()));
    request.addEventListener("loadend", () => signal?.removeEventListener("abort", stop));
    request.open(grant.method, grant.url);
    for (const [name, value] of Object.entries(grant.headers)) {
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value); // that one the browser sends
    }
    if (clientSecret !== undefined) request.setRequestHeader("x-presign-once-client", clientSecret);
    request.send(file.slice()); // a slice has no type of its own, which would go out where none was granted
  });
}

function progressOf(sentBytes: number, totalBytes: number, ms: number): UploadProgress {
  const bytesPerSecond = ms > 0 ? (sentBytes * 1000) / ms : 0;
  const leftBytes = totalBytes - sentBytes;
  return { sentBytes, totalBytes, bytesPerSecond, secondsLeft: leftBytes === 0 ? 0 : leftBytes / bytesPerSecond };
}
