import { once } from "node:events";
import { type IncomingMessage, request as send } from "node:http";
import { buffer } from "node:stream/consumers";

import { endToEndHeaders, type HttpAnswer } from "./http-answer.ts";

/** A request to pass on: its head as received, its body whole. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Name, value, name, value, ... */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/**
 * Passes a request on, on a connection of its own, and returns the whole answer.
 *
 * The request keeps its Host, since SigV4 signs it.
 *
 * @param upstream  where to; only host and port count
 * @param signal    breaks the connection
 * @throws the connection's error, if it breaks before the whole answer is there
 */
export async function forward(request: ForwardedRequest, upstream: URL, signal: AbortSignal): Promise<HttpAnswer> {
  const outgoing = send({
    agent: false, // a kept connection may be dead (R2 drops one after an upload it refused): a fault that the test did not choose
    host: upstream.hostname,
    port: upstream.port,
    method: request.method,
    path: request.target,
    headers: endToEndHeaders(request.rawHeaders),
    signal,
  }).end(request.body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  outgoing.on("error", () => {}); // from here on the body reports it too, and that is awaited
  const answer = await buffer(incoming);
  const rawHeaders = endToEndHeaders(incoming.rawHeaders);
  // Without the chunks, only a length tells a whole body from a truncated one.
  if ("transfer-encoding" in incoming.headers) rawHeaders.push("Content-Length", String(answer.length));
  return { status: incoming.statusCode ?? 0, reason: incoming.statusMessage ?? "", rawHeaders, body: answer };
}
