import type { ServerResponse } from "node:http";
import { constants, Http2ServerResponse } from "node:http2";

import * as forms from "@presign-once/core/forms";
import { describeFault, errorAnswer, errorForm, wireError } from "@presign-once/core/http";

import { type CommonOptions, invalid, readCommon } from "../common-options.ts";
import type { FetchHandler } from "../fetch-handler.ts";
import { headerFields, toResponse } from "../http-shapes.ts";
import { announcesBody, bodyOf } from "./node-body.ts";
import { type NodeRequest, type NodeResponse, readNodeRequest } from "./node-request.ts";

/** How requests reach a handler. */
export interface NodeListenerOptions extends Pick<CommonOptions, "writeLine"> {
  /**
   * Where clients reach the server: scheme and host, such as `https://uploads.example`. Every request has it as its origin,
   * whatever its `Host` says.
   */
  readonly baseUrl: string;
}

/**
 * Options for the servers of `node:http` and `node:https`: an upload may take as long as it takes, its headers may not.
 * `requestTimeout: 0` alone sets `headersTimeout` to 0 as well.
 *
 * @see https://nodejs.org/api/http.html#serverheaderstimeout
 */
export const NODE_SERVER_OPTIONS = {
  requestTimeout: 0,
  headersTimeout: 30_000,
  connectionsCheckingInterval: 10_000,
} as const;

/** How long a client that was answered early may go on sending before its connection is closed, in milliseconds. */
const LINGER_MS = 5_000;
/** Headers of one connection, which HTTP/2 does not have. */
const OF_CONNECTION = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/**
 * Creates a listener for the events `request` and `checkContinue` of `node:http`, `node:https` and `node:http2`.
 *
 * A request reaches the handler with the path that the client sent and with each header as it was sent. What `fetch` would
 * change on the way is answered 400: a target that is not a path in the form in which URLs are compared, and a header twice
 * that is defined once. A client that goes aborts the request's signal. `100 Continue` is sent when the body is first read;
 * a client that still sends when it is answered may finish within 5 seconds, and its connection is then closed.
 *
 * @returns a listener that never throws; a handler that throws is answered 500 with a fixed text, and a line in the log
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected
 * @example
 * const listener = createNodeListener(relay, { baseUrl: "https://uploads.example" });
 * createServer(NODE_SERVER_OPTIONS, listener).on("checkContinue", listener).listen(8080);
 */
export function createNodeListener(
  handler: FetchHandler,
  options: NodeListenerOptions,
): (req: NodeRequest, res: NodeResponse) => void {
  if (typeof handler !== "function") throw invalid("handler", "a function that takes a Request");
  const { baseUrl } = options;
  if (typeof baseUrl !== "string" || !forms.baseUrl.is(baseUrl)) throw invalid("baseUrl", forms.baseUrl.words);
  const { writeLine } = readCommon(options);

  async function answer(req: NodeRequest, res: NodeResponse): Promise<Response> {
    const gone = new AbortController();
    const leave = (): void => {
      if (!res.writableFinished) gone.abort(new Error("the client has gone"));
    };
    res.once("close", leave);
    // The response of a stream that is reset closes only when the request was read to its end.
    if (res instanceof Http2ServerResponse) res.stream.once("aborted", leave).once("close", leave);
    const read = readNodeRequest(req, { baseUrl, signal: gone.signal, body: bodyOf(req, res) });
    if ("refusal" in read) return toResponse(errorAnswer(read.refusal, crypto.randomUUID(), [], "xml"));
    try {
      return await handler(read.request);
    } catch (fault) {
      const requestId = crypto.randomUUID();
      writeLine(describeFault("relay", requestId, fault));
      return toResponse(errorAnswer(wireError("request-fault"), requestId, [], errorForm(headerFields(read.request))));
    }
  }

  return (req, res) => {
    // A client that hangs up is seen by the response's `close`; the errors themselves say nothing more.
    req.on("error", () => {});
    res.on("error", () => {});
    answer(req, res)
      .then((response) => send(req, res, response))
      .catch((fault: unknown) => {
        // An answer that broke off half-way; where the client has gone, that is no fault.
        if (!res.destroyed) writeLine(describeFault("relay", crypto.randomUUID(), fault));
        res.destroy();
      });
  };
}

async function send(req: NodeRequest, res: NodeResponse, answer: Response): Promise<void> {
  if (res.destroyed) return answer.body?.cancel();
  const isHttp2 = res instanceof Http2ServerResponse;
  const isEarly = announcesBody(req) && !req.complete && !req.readableEnded;
  res.statusCode = answer.status;
  for (const [name, value] of answer.headers)
    if (name !== "set-cookie" && !(isHttp2 && OF_CONNECTION.has(name))) res.setHeader(name, value);
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader("set-cookie", cookies);

  if (!isEarly) return end(res, answer);
  if (isHttp2) {
    res.once("finish", () => res.stream.close(constants.NGHTTP2_NO_ERROR));
    return end(res, answer);
  }
  const bytes = new Uint8Array(await answer.arrayBuffer());
  res.setHeader("connection", "close");
  if (answer.status !== 204 && answer.status !== 304 && req.method !== "HEAD")
    res.setHeader("content-length", bytes.length);
  // The whole answer goes out first. A socket that is closed while bytes come in is reset, and the answer may be lost.
  if (bytes.length > 0 && req.method !== "HEAD") res.write(bytes);
  else res.flushHeaders();
  const timer = setTimeout(() => res.end(), LINGER_MS);
  const done = (): void => {
    clearTimeout(timer);
    res.end();
  };
  req.removeAllListeners("data").once("end", done).once("close", done).resume();
}

/** Sends the body of an answer as fast as the client takes it. */
async function end(response: NodeResponse, { body }: Response): Promise<void> {
  const res = response as ServerResponse; // the two declare the same writes differently
  const reader = body?.getReader();
  const closed = new Promise<void>((resolve) => res.once("close", () => resolve()));
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    if (!res.write(next.value)) await Promise.race([new Promise((resolve) => res.once("drain", resolve)), closed]);
    if (res.destroyed) return reader?.cancel();
  }
  res.end();
}
