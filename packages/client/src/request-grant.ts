import { checkArguments, isGrant } from "./check-arguments.ts";
import { checkReadable } from "./check-readable.ts";
import { readError } from "./read-error.ts";
import { networkError, UploadError } from "./upload-error.ts";
import { type Limits, withinLimits } from "./within-limits.ts";

/** What the endpoint hands out. */
export interface UploadGrant {
  /** Names the grant: in the log of issuing, and in the object's metadata as `presign-once-id`. */
  readonly id: string;
  readonly url: string;
  readonly method: "PUT";
  /** What the upload must be sent with, and nothing else. */
  readonly headers: Readonly<Record<string, string>>;
  /** How many bytes the file must have; absent: any number. */
  readonly contentLength?: number;
  readonly key: string;
  /** The client that is first may send the upload again, if it makes itself known. */
  readonly retries?: "same-client";
  readonly expiresAt: string;
}

/** How to ask for a URL. */
export interface GrantOptions extends Limits {
  /**
   * Where URLs are issued: `https://d111111abcdef8.cloudfront.net/url`, or relative to the page. May have parameters of
   * its own, such as `?expires-in=60`.
   */
  readonly endpoint: string | URL;
  /** Sent to the endpoint, for its authorizer: `{ authorization: "Bearer …" }`. Never sent with the upload. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Longest name that the edge takes, in bytes once percent-encoded. */
const MAX_FILENAME_BYTES = 1_024;
/** The media types that the edge takes: no form around a file, no two blanks in a row, 255 characters at most. */
const MEDIA_TYPE =
  /^(?!multipart\/(?:form-data|byteranges)(?: ?;|$)|.{256}|.*  )[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}(?: ?; ?[\w.-]+=(?:[\w.+,-]+|"[\w.+, -]*")){0,4}$/i;

/**
 * Asks for a URL for one file, bound to its size, its type and its name.
 *
 * A type is sent without its parameters if the edge does not accept them; a name that is too long is left out.
 *
 * @throws {UploadError} the endpoint's own code, `GrantRefused`, `NetworkError`, `Stalled`, `Aborted` or, before
 *                       anything is sent, `ARGUMENT_INVALID` or `FileUnreadable`
 */
export async function requestGrant(file: Blob, options: GrantOptions): Promise<UploadGrant> {
  checkArguments({ file }, options, "endpoint");
  await checkReadable(file, options);
  const { endpoint, headers } = options;
  const { answer, body } = await withinLimits(options, "asking for a URL", async ({ signal }) => {
    const request = { headers: { ...headers, accept: "application/json" }, cache: "no-store", signal } as const;
    try {
      const response = await fetch(grantUrl(file, endpoint), request);
      return { answer: response, body: await response.text() };
    } catch (cause) {
      throw networkError("asking for a URL", cause);
    }
  });
  const { status } = answer;
  if (!answer.ok) throw readError({ status, body, retryAfter: answer.headers.get("retry-after") }, "GrantRefused");
  return readGrant(body) ?? fail(status);
}

function grantUrl(file: Blob, endpoint: string | URL): URL {
  const url = new URL(endpoint, globalThis.location?.href);
  url.searchParams.set("content-length", String(file.size));
  const type = [file.type, file.type.split(";")[0] ?? ""].find((form) => MEDIA_TYPE.test(form));
  if (type !== undefined) url.searchParams.set("content-type", type);
  const name = "name" in file && typeof file.name === "string" ? file.name : "";
  if (isFilename(name)) url.searchParams.set("filename", name);
  return url;
}

function isFilename(name: string): boolean {
  const encoded = String(new URLSearchParams({ name })).slice("name=".length).replaceAll("+", "%20");
  // The edge escapes * too.
  const length = encoded.length + 2 * (encoded.split("*").length - 1);
  return length >= 1 && length <= MAX_FILENAME_BYTES && !/[\0-\x1f\x7f]/.test(name);
}

function readGrant(body: string): UploadGrant | undefined {
  try {
    const grant: unknown = JSON.parse(body);
    return isGrant(grant) ? (grant as UploadGrant) : undefined;
  } catch {
    return undefined;
  }
}

function fail(status: number): never {
  throw new UploadError("GrantRefused", "The endpoint answered with something else than a grant.", { status });
}
