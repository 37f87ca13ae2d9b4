import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { type ForwardedRequest, forward } from "../servers/forward.ts";
import { endToEndHeaders, type HttpAnswer } from "../servers/http-answer.ts";
import { listen } from "../servers/loopback.ts";

/**
 * Decides what becomes of one request.
 *
 * @param pass  sends it on, changed or not; may be called more than once
 * @throws      anything, to break the connection
 */
export type Meddler = (
  request: ForwardedRequest,
  pass: (changed?: ForwardedRequest) => Promise<HttpAnswer>,
) => Promise<HttpAnswer>;

/** A running proxy. */
export interface MeddlingProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Takes another meddler from the next request on; none: everything passes. */
  meddle(meddler?: Meddler): void;
  stop(): Promise<void>;
}

/**
 * Starts a proxy that lets one function decide about each request. Bodies are held in memory.
 *
 * @param target  where to; only host and port count
 * @param always  decides about every request before the meddler of the moment does
 */
export async function startMeddlingProxy(target: URL, always: Meddler = passOn): Promise<MeddlingProxy> {
  const stopping = new AbortController();
  let meddler: Meddler = passOn;

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = "", url = "", rawHeaders } = req;
    const received: ForwardedRequest = { method, target: url, rawHeaders, body: await buffer(req) };
    const pass = (request: ForwardedRequest) => forward(request, target, stopping.signal);
    const {
      status,
      reason,
      rawHeaders: headers,
      body,
    } = await always(received, (request = received) => meddler(request, (changed = request) => pass(changed)));
    res.sendDate = false;
    const isEmpty = method === "HEAD" || status === 204;
    res.writeHead(status, reason, withLength(endToEndHeaders(headers), isEmpty ? undefined : body.length)).end(body);
  }

  const server = createServer({ maxHeaderSize: 65_536 });
  const receive = (req: IncomingMessage, res: ServerResponse): void =>
    void serve(req, res).catch(() => req.socket.destroy());
  server.on("request", receive);
  server.on("checkContinue", (req: IncomingMessage, res: ServerResponse) => {
    res.writeContinue();
    receive(req, res);
  });
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    meddle: (next = passOn) => {
      meddler = next;
    },
    async stop() {
      stopping.abort();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function passOn(...[, pass]: Parameters<Meddler>): Promise<HttpAnswer> {
  return pass();
}

function withLength(rawHeaders: readonly string[], length: number | undefined): string[] {
  const kept = withHeader(rawHeaders, "content-length", undefined);
  return length === undefined ? kept : [...kept, "Content-Length", String(length)];
}

/** The value of a header; `undefined` where it is missing. */
export function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  return rawHeaders.find((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** The same headers with one set to another value, or without it. */
export function withHeader(rawHeaders: readonly string[], name: string, value: string | undefined): string[] {
  const others = rawHeaders.filter((_, index) => (rawHeaders[index & ~1] ?? "").toLowerCase() !== name);
  return value === undefined ? others : [...others, name, value];
}
