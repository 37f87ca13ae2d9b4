import { type ClientRequest, type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";

import {
  answerViewer,
  edgeHeaders,
  endAfterUpload,
  errorAnswer,
  type Exchange,
  hasBody,
  VIA,
} from "./answer-viewer.ts";
import { corsHeaders } from "./cors-headers.ts";
import type { EdgeLimits } from "./edge-limits.ts";
import { isHopByHopHeader } from "./header-rules.ts";
import { originHeaders } from "./origin-headers.ts";
import type { Origin } from "./origin.ts";
import type { EdgeRequest } from "./viewer-request-event.ts";

/** A request as it leaves for the origin. */
export type OriginRequest = { method: string; path: string; headers: Record<string, string | string[]> };

/**
 * Passes a request on to the origin and the origin's response back to the viewer, both streamed with back-pressure.
 *
 * The origin is asked once, whatever happens: nothing is retried. It cannot be reached or hangs up: 502. It is silent
 * for too long while it is its turn: 504. The viewer goes away: the origin request is destroyed.
 *
 * @param options.expectsContinue  the viewer waits for `100 Continue` before it sends the body
 * @param options.onOriginRequest  called once, when the request leaves
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
 */
export function passOn(
  exchange: Exchange,
  request: EdgeRequest,
  origin: Origin,
  options: {
    limits: EdgeLimits;
    expectsContinue: boolean;
    onOriginRequest: (request: OriginRequest) => void;
  },
): void {
  const { req, res, requestId } = exchange;
  const { limits } = options;
  if (res.destroyed) return;

  const target = `${origin.path}${request.uri}${request.querystring === "" ? "" : `?${request.querystring}`}`;
  const outgoing: OriginRequest = {
    method: request.method,
    // Header lines are written as Latin-1; this way the bytes on the wire are the UTF-8 of the text.
    path: Buffer.from(target, "utf8").toString("latin1"),
    headers: originHeaders(request, origin, { via: VIA, requestId }),
  };
  const send = origin.protocol === "https:" ? httpsRequest : httpRequest;
  const originReq = send({
    ...outgoing,
    hostname: origin.hostname,
    port: origin.port,
    // A kept connection may be dead when the next upload comes, and an upload is not tried twice.
    agent: false,
    setDefaultHeaders: false,
    timeout: limits.originResponseMs,
  });
  options.onOriginRequest(outgoing);

  let originRes: IncomingMessage | undefined;
  let silent = false;
  originReq.on("timeout", () => {
    silent = isOriginsTurn(originReq, res);
    if (silent) originReq.destroy();
    else originReq.socket?.setTimeout(limits.originResponseMs);
  });
  originReq.on("response", (response) => {
    if (!passBack(exchange, response, origin, new URLSearchParams(request.querystring))) {
      originReq.destroy();
      answerViewer(exchange, UNREACHABLE, limits.drainMs);
      return;
    }
    originRes = response;
    response.on("end", () => {
      // An origin may answer before it has read the whole body; it has no use for the rest.
      if (!originReq.writableFinished) originReq.destroy();
      void endAfterUpload(exchange, limits.drainMs);
    });
    response.on("error", () => res.destroy());
  });
  originReq.on("error", () => {
    if (originRes === undefined) answerViewer(exchange, silent ? SILENT : UNREACHABLE, limits.drainMs);
  });
  res.on("close", () => {
    if (!res.writableFinished) originReq.destroy();
  });

  if (options.expectsContinue) res.writeContinue();
  if (hasBody(req)) req.pipe(originReq);
  else originReq.end();
}

const UNREACHABLE = errorAnswer(
  502,
  "CloudFront wasn't able to connect to the origin, or the origin closed the connection.",
);
const SILENT = errorAnswer(504, "The origin did not respond in time.");
/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html "Overriding response header values" */
const FORCED = "response-";
/** Where links for downloads are used, and what the stack's response headers policy adds there. */
const LINKS = "/d/";
const OF_LINKS = [
  ["X-Content-Type-Options", "nosniff"],
  ["Content-Security-Policy", "sandbox"],
  ["Referrer-Policy", "no-referrer"],
];
const REPLACED = new Set(["via", "x-cache", "x-amz-cf-id"]);

/** Starts the viewer's response; false if the origin's is one that cannot be passed on. */
function passBack(
  exchange: Exchange,
  originRes: IncomingMessage,
  { cors, ignoresResponseParameters }: Origin,
  query: URLSearchParams,
): boolean {
  const { req, res, requestId } = exchange;
  const status = originRes.statusCode ?? 0;
  const headers = edgeHeaders(requestId, status < 400 ? "Miss" : "Error");
  const forced = new Map<string, string>();
  if (ignoresResponseParameters && status < 300)
    for (const [name, value] of query) if (name.startsWith(FORCED)) forced.set(name.slice(FORCED.length), value);
  headers.push(...[...forced].flat());
  if (req.url?.startsWith(LINKS) === true) headers.push(...OF_LINKS.flat());
  for (let index = 0; index + 1 < originRes.rawHeaders.length; index += 2) {
    const key = originRes.rawHeaders[index] ?? "";
    const name = key.toLowerCase();
    if (isHopByHopHeader(name) || REPLACED.has(name) || forced.has(name)) continue;
    if (cors !== undefined && name.startsWith("access-control-")) continue;
    headers.push(key, originRes.rawHeaders[index + 1] ?? "");
  }
  const isUpload = req.method === "PUT"; // the stack's rules of the bucket are for no other method
  if (cors !== undefined && isUpload) headers.push(...corsHeaders(req.headers.origin, cors));
  if (hasBody(req) && !req.complete) headers.push("Connection", "close");
  try {
    res.writeHead(status, originRes.statusMessage ?? "", headers);
  } catch {
    return false;
  }
  originRes.pipe(res, { end: false });
  return true;
}

/** Whether the origin is what blocks: it reads no more, or owes (the rest of) a response. */
function isOriginsTurn(originReq: ClientRequest, res: ServerResponse): boolean {
  const viewerIsSlow = res.writableNeedDrain || !(originReq.writableFinished || originReq.writableNeedDrain);
  return !viewerIsSlow || originReq.socket?.connecting !== false;
}
