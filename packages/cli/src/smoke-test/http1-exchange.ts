import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

import {
  bodyHeaders,
  connectionError,
  CUT,
  type ExchangeOptions,
  type HttpAnswer,
  type HttpBody,
  type HttpRequest,
  joined,
  readBody,
  SILENT,
  splitUrl,
} from "./http-message.ts";

/** How long `Expect: 100-continue` waits before the body is sent all the same, as RFC 9110 asks of clients. */
const CONTINUE_WAIT_MS = 3_000;

/**
 * Sends one request over HTTP/1.1, on a connection of its own.
 *
 * An answer that comes before the body was sent counts: the rest of the body stays unsent.
 */
export async function exchangeOverHttp1(
  request: HttpRequest,
  { ca, idleTimeoutMs }: ExchangeOptions,
): Promise<Omit<HttpAnswer, "ms">> {
  const { origin, target } = splitUrl(request.url);
  const { protocol, hostname, port } = new URL(origin);
  const open = protocol === "https:" ? overHttps : overHttp;
  const outgoing = open({
    hostname,
    port: port === "" ? undefined : Number(port),
    method: request.method,
    path: target,
    headers: { ...bodyHeaders(request), ...Object.fromEntries(request.headers ?? []) },
    agent: false, // a kept connection may be dead when the next request comes, and none is sent twice
    timeout: idleTimeoutMs,
    ...(ca === undefined ? {} : { ca }),
  });
  outgoing.on("timeout", () => outgoing.destroy(connectionError(SILENT)));

  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  // What the request itself fails with is thrown by `once`; after an answer it says nothing more.
  outgoing.on("error", () => {});
  const sent = send(outgoing, request.body).catch(() => {});
  try {
    const [incoming] = await answered;
    return {
      status: incoming.statusCode ?? 0,
      headers: joined(incoming.headersDistinct),
      body: await readBody(incoming),
    };
  } finally {
    outgoing.destroy();
    await sent;
  }
}

async function send(outgoing: ClientRequest, body: HttpBody | undefined): Promise<void> {
  if (body === undefined) return void outgoing.end();
  if (body.framing === "after-continue") {
    outgoing.flushHeaders();
    await mayContinue(outgoing);
  }
  // One listener for all pieces, of which a large body has thousands.
  const closed = once(outgoing, "close").catch(() => {});
  let sentBytes = 0;
  for await (const piece of body.pieces()) {
    if (outgoing.destroyed) return;
    const left = (body.cutAfterBytes ?? Infinity) - sentBytes;
    sentBytes += Math.min(piece.length, left);
    const written = new Promise((resolve) => outgoing.write(piece.subarray(0, left), resolve));
    await Promise.race([written, closed]);
    if (sentBytes >= (body.cutAfterBytes ?? Infinity)) return void outgoing.destroy(connectionError(CUT));
  }
  outgoing.end();
}

/** Waits for `100 Continue`, a final answer, or the time that a client waits. */
async function mayContinue(outgoing: ClientRequest): Promise<void> {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), CONTINUE_WAIT_MS);
  try {
    const { signal } = waiting;
    await Promise.race([
      once(outgoing, "continue", { signal }),
      once(outgoing, "response", { signal }),
      once(outgoing, "close", { signal }),
    ]).catch(() => {});
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
}
