import { checkArguments, checkPlatform } from "./check-arguments.ts";
import { checkReadable } from "./check-readable.ts";
import { readError } from "./read-error.ts";
import { reportProgress, type UploadProgress } from "./report-progress.ts";
import type { UploadGrant } from "./request-grant.ts";
import { aborted, isLost, networkError, UploadError } from "./upload-error.ts";
import { type Limits, type Step, withinLimits } from "./within-limits.ts";

/** How to send a file. */
export interface SendOptions extends Limits {
  /** Told of the progress at most 20 times a second, and of the last of it. */
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Makes this client known to its own retries, where the grant allows them: 22 random characters or more. */
  readonly clientSecret?: string | undefined;
}

/**
 * Sends a file to the URL of a grant, once, with the granted headers and no others.
 *
 * @throws {UploadError} the edge's or S3's own code, `UploadRefused`, `NetworkError`, `Stalled` or `Aborted`; before
 *                       anything is sent: `ARGUMENT_INVALID`, `Unsupported`, `FileUnreadable` or `WrongSize`
 */
export async function sendOnce(file: Blob, grant: UploadGrant, options: SendOptions = {}): Promise<void> {
  checkPlatform();
  checkArguments({ file, grant }, options);
  await checkReadable(file, options);
  checkSize(file, grant);
  // A service worker that handles the upload hides its progress as well: then silence means nothing.
  const isHidden = Boolean(globalThis.navigator?.serviceWorker?.controller);
  try {
    await withinLimits(options, "sending the file", (step) => send(file, grant, options, step), isHidden);
  } catch (error) {
    // A file that became unreadable is a lost connection to Chromium, and Firefox waits.
    if (error instanceof UploadError && isLost(error)) await checkReadable(file, options);
    throw error;
  }
}

function checkSize(file: Blob, { contentLength }: UploadGrant): void {
  if (contentLength !== undefined && contentLength !== file.size)
    throw new UploadError(
      "WrongSize",
      `The URL was granted for a file of ${contentLength} bytes, and this one has ${file.size}.`,
    );
}

function send(file: Blob, grant: UploadGrant, { onProgress, clientSecret }: SendOptions, step: Step): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how much of a body was sent
    const report = reportProgress(file.size, onProgress);
    step.signal.addEventListener("abort", () => request.abort());
    request.upload.addEventListener("progress", ({ loaded }) => {
      step.moved();
      report.sent(loaded);
    });
    request.addEventListener("load", () => {
      const { status, responseText: body } = request;
      const isStored = status >= 200 && status < 300;
      report.end(isStored ? file.size : undefined);
      if (isStored) return resolve();
      const retryAfter = request.getResponseHeader("retry-after");
      reject(readError({ status, body, retryAfter }, "UploadRefused"));
    });
    request.addEventListener("error", () => reject(networkError("uploading")));
    request.addEventListener("abort", () => reject(aborted()));
    request.addEventListener("loadend", () => report.end());
    request.open(grant.method, grant.url);
    for (const [name, value] of Object.entries(grant.headers)) {
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value); // that one the browser sends
    }
    if (clientSecret !== undefined) request.setRequestHeader("x-presign-once-client", clientSecret);
    request.send(file.slice()); // a slice has no type of its own, which would go out where none was granted
  });
}
