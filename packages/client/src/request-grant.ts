import { readError } from "./read-error.ts";
import { aborted, networkError, UploadError } from "./upload-error.ts";

/** What the endpoint hands out. */
export interface Grant {
  /** Names the grant: in the log of issuing, and in the object's metadata as `presign-once-id`. */
  readonly id: string;
  readonly url: string;
  readonly method: "PUT";
  /** What the upload must be sent with, and nothing else. */
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  /** Whoever is first may send the upload again, as a client that makes itself known. */
  readonly retries?: "same-client";
  readonly expiresAt: string;
}

/** How to ask for a URL. */
export interface GrantOptions {
  /**
   * Where URLs are issued: `https://d111111abcdef8.cloudfront.net/url`, or relative to the page. May have parameters of
   * its own, such as `?expires-in=60`.
   */
  readonly endpoint: string | URL;
  /** Sent to the endpoint, for its authorizer: `{ authorization: "Bearer …" }`. Never sent with the upload. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Stops the upload. */
  readonly signal?: AbortSignal;
}

/** Longest name that the edge takes, in bytes once percent-encoded. */
const MAX_FILENAME_BYTES = 1_024;
/** The media types that the edge takes; a browser also makes others, such as `video/webm;codecs=vp8,opus`. */
const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}(?:; ?[\w.-]+=[\w.+-]+){0,4}$/i;

/**
 * Asks for a URL for one file, bound to its size, its type and its name.
 *
 * A type whose parameters the edge does not take goes without them; a name that does not fit is left out.
 *
 * @throws {UploadError} the endpoint's own code, `GrantRefused`, `NetworkError` or `Aborted`
 */
export async function requestGrant(file: Blob, { endpoint, headers, signal }: GrantOptions): Promise<Grant> {
  let answer: Response;
  let body: string;
  try {
    answer = await fetch(grantUrl(file, endpoint), {
      headers: { ...headers, accept: "application/json" },
      cache: "no-store",
      signal: signal ?? null,
    });
    body = await answer.text();
  } catch {
    throw signal?.aborted ? aborted() : networkError("asking for a URL");
  }
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
  url.search = String(url.searchParams).replaceAll("+", "%20"); // the edge takes a plus for a plus
  return url;
}

function isFilename(name: string): boolean {
  const encoded = String(new URLSearchParams({ name })).slice("name=".length).replaceAll("+", "%20");
  // The edge escapes * too.
  const length = encoded.length + 2 * (encoded.split("*").length - 1);
  return length >= 1 && length <= MAX_FILENAME_BYTES && !/[\0-\x1f\x7f]/.test(name);
}

function readGrant(body: string): Grant | undefined {
  try {
    const grant = JSON.parse(body) as Partial<Grant> | null;
    const isGrant = typeof grant?.url === "string" && typeof grant.headers === "object" && grant.headers !== null;
    return isGrant ? (grant as Grant) : undefined;
  } catch {
    return undefined;
  }
}

function fail(status: number): never {
  throw new UploadError("GrantRefused", "The endpoint answered with something else than a grant.", { status });
}
