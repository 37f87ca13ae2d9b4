import type { HeaderField } from "@presign-once/core";

/** One request, sent exactly as it is written here. */
export interface HttpRequest {
  readonly method: string;
  /** Scheme, host and whatever follows; path and query go out as they are spelled. */
  readonly url: string;
  readonly headers?: readonly HeaderField[];
  readonly body?: HttpBody;
  /** Default HTTP/1.1. */
  readonly protocol?: "HTTP/1.1" | "HTTP/2";
}

/** What a request brings. */
export interface HttpBody {
  readonly lengthBytes: number;
  /** The bytes, produced as they are sent; called once for each request. */
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** `chunked`: sent without `Content-Length`, HTTP/1.1 only. `after-continue`: with `Expect: 100-continue`, HTTP/1.1 only. */
  readonly framing?: "chunked" | "after-continue";
  /** Break the connection after so many bytes. */
  readonly cutAfterBytes?: number;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8, at most {@link MAX_ANSWER_BYTES} of it. */
  readonly body: string;
  /** From the begin of the connection to the last byte of the answer. */
  readonly ms: number;
}

/** Sends requests, each on a connection of its own: no retries, no redirects, no cache. */
export interface HttpClient {
  /**
   * Sends one request.
   *
   * @throws the error of the connection, with a `code`; {@link NO_HTTP2} where HTTP/2 was asked for and is not offered;
   *         {@link CUT} where the body was cut as asked for and no answer had come
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** How many requests were sent so far. */
  requestCount(): number;
}

/** How the two protocols send a request. */
export interface ExchangeOptions {
  /** Certificates to trust instead of Node's. */
  readonly ca?: string | undefined;
  /** How long a connection may be silent, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** Code of the error for an endpoint that does not speak HTTP/2. */
export const NO_HTTP2 = "NO_HTTP2";
/** Code of the error of an upload that was cut as asked for. */
export const CUT = "CUT";
/** Code of the error of a connection that was silent for too long. */
export const SILENT = "SILENT";
/** Most that is kept of an answer: S3's longest error echoes a canonical request. */
const MAX_ANSWER_BYTES = 65_536;

/** A body that is there already. */
export function bytes(content: Uint8Array, framing?: HttpBody["framing"]): HttpBody {
  const body = { lengthBytes: content.length, pieces: () => [content] };
  return framing === undefined ? body : { ...body, framing };
}

/** Splits a URL where its path begins, without changing how it is spelled. */
export function splitUrl(url: string): { readonly origin: string; readonly target: string } {
  const [, origin = "", target = ""] = /^(https?:\/\/[^/?#]+)([^#]*)/.exec(url) ?? [];
  return { origin, target: target.startsWith("/") ? target : `/${target}` };
}

/** An error of the client's own, with a code as Node's have one. */
export function connectionError(code: string): Error & { readonly code: string } {
  return Object.assign(new Error(code), { code });
}

/** The headers of a request's body. */
export function bodyHeaders({ body, method }: HttpRequest): Record<string, string> {
  if (body === undefined) return method === "PUT" ? { "content-length": "0" } : {};
  if (body.framing === "chunked") return { "transfer-encoding": "chunked" };
  const length = { "content-length": String(body.lengthBytes) };
  return body.framing === "after-continue" ? { ...length, expect: "100-continue" } : length;
}

/** Takes the beginning of an answer's body. */
export async function readBody(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    if (length < MAX_ANSWER_BYTES) kept.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(kept).subarray(0, MAX_ANSWER_BYTES).toString("utf8");
}

/** Joins repeated headers as a browser does. */
export function joined(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name.startsWith(":") ? [] : [[name, typeof value === "string" ? value : value.join(", ")]],
    ),
  );
}
