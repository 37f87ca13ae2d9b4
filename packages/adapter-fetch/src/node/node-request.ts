import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

import { SINGLE_HEADERS } from "@presign-once/core";
import { wireError, type WireError } from "@presign-once/core/http";

/** A request as Node.js's `http` and `http2` (compatibility API) give it. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;
/** The answer to a {@link NodeRequest}. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Headers that HTTP defines with one value, in addition to those that presign-once reads. */
const SINGLE = new Set([
  ...SINGLE_HEADERS,
  ...["authorization", "content-location", "content-range", "date", "expect", "from", "if-modified-since", "if-range"],
  ...["if-unmodified-since", "max-forwards", "origin", "proxy-authorization", "range", "referer", "user-agent"],
  ...["access-control-request-method", "upload-complete", "upload-incomplete", "upload-offset"],
]);

/**
 * Gives a request the form of `fetch`, or says why it has none that means the same.
 *
 * @param baseUrl  its origin, whatever `Host` says
 */
export function readNodeRequest(
  req: NodeRequest,
  {
    baseUrl,
    ...init
  }: { readonly baseUrl: string; readonly signal: AbortSignal; readonly body: ReadableStream | null },
): { readonly request: Request } | { readonly refusal: WireError } {
  const target = req.url ?? "";
  if (!isPlainTarget(target, baseUrl))
    return refused(
      "The request target must be a path that begins with one slash, without dot segments, a fragment or " +
        "unescaped characters outside ASCII.",
    );
  const headers = readHeaders(req.rawHeaders);
  if (typeof headers === "string") return refused(`The header ${headers} was sent twice.`);
  const { method = "" } = req;
  try {
    const request = new Request(baseUrl + target, { method, headers, ...init, duplex: "half" } as RequestInit);
    if (request.method === method) return { request };
  } catch {
    // A method that fetch does not have, such as TRACE.
  }
  return refused("The method of the request is none that is taken here.");
}

/** Whether a URL made of a target has that very path: `fetch` would answer for another one otherwise. */
function isPlainTarget(target: string, baseUrl: string): boolean {
  if (!/^\/(?!\/)[!-~]*$/.test(target) || target.includes("#")) return false;
  return URL.canParse(baseUrl + target) && new URL(baseUrl + target).pathname === target.split("?")[0];
}

/** The fields of a request as they were sent; the name of the first that may not be repeated and is. */
function readHeaders(raw: readonly string[]): [string, string][] | string {
  const fields: [string, string][] = [];
  const seen = new Set<string>();
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? "";
    if (name.startsWith(":")) continue; // of HTTP/2: method, path, scheme and authority
    if (seen.has(name) && (SINGLE.has(name) || /^x-(?:amz|once)-/.test(name))) return name;
    seen.add(name);
    fields.push([name, raw[i + 1] ?? ""]);
  }
  return fields;
}

function refused(message: string): { readonly refusal: WireError } {
  return { refusal: wireError("malformed", { detail: message }) };
}
