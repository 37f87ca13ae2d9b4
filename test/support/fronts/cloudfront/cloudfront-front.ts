import { once } from "node:events";
import { createServer, type IncomingMessage, request as sendHttp1, type ServerResponse } from "node:http";
import {
  constants,
  createSecureServer,
  Http2ServerRequest,
  Http2ServerResponse,
  type SecureServerOptions,
} from "node:http2";
import type { Server, Socket } from "node:net";
import { text } from "node:stream/consumers";

import { endToEndHeaders } from "../../../servers/http-answer.ts";
import { listen } from "../../../servers/loopback.ts";
import { asHttp1 } from "./as-http1.ts";
import { makeCertificate } from "./self-signed-certificate.ts";

/** A running front. */
export interface CloudFrontFront {
  /** `https://127.0.0.1:<port>`, or `http://` without TLS. */
  readonly url: string;
  /** The certificate to trust, PEM; empty without TLS. */
  readonly ca: string;
  close(): Promise<void>;
}

type ViewerRequest = IncomingMessage | Http2ServerRequest;
type ViewerResponse = ServerResponse | Http2ServerResponse;

/** Most bytes of a head: more than the edge reads, which is the one to find a request too long. */
const MAX_HEAD_BYTES = 65_536;
/** The types of Node leave out that HTTP/1.1 beside HTTP/2 has the options of any server of HTTP/1.1. */
const TLS_OPTIONS: SecureServerOptions & { readonly http1Options: { readonly maxHeaderSize: number } } = {
  allowHTTP1: true,
  http1Options: { maxHeaderSize: MAX_HEAD_BYTES },
  settings: { maxHeaderListSize: MAX_HEAD_BYTES },
  maxHeaderListPairs: 4_096,
};

/**
 * Starts the side of CloudFront that viewers connect to, in front of a local edge: TLS, and HTTP/2 or HTTP/1.1 as the viewer
 * chooses. Behind it everything is HTTP/1.1, and all else that CloudFront does to a request is done by the edge.
 *
 * The edge names itself in the URLs that it issues; in answers of text or JSON this front puts its own name there.
 *
 * @param options.target  `http://127.0.0.1:<port>` of the edge
 * @param options.tls     with a self-signed certificate; default: HTTP/1.1 without TLS
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#RequestCustomHTTPVersion
 */
export async function startCloudFrontFront(options: { target: string; tls?: boolean }): Promise<CloudFrontFront> {
  const target = new URL(options.target);
  const certificate = options.tls === true ? makeCertificate() : undefined;
  const server: Server =
    certificate === undefined
      ? createServer({ maxHeaderSize: MAX_HEAD_BYTES })
      : createSecureServer({ ...certificate, ...TLS_OPTIONS });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  server.on("sessionError", () => {});
  server.on("request", (req: ViewerRequest, res: ViewerResponse) => passOn(req, res));
  server.on("checkContinue", (req: ViewerRequest, res: ViewerResponse) => passOn(req, res));
  const url = `${certificate === undefined ? "http" : "https"}://127.0.0.1:${await listen(server)}`;

  function passOn(req: ViewerRequest, res: ViewerResponse): void {
    const outgoing = sendHttp1({
      agent: false,
      host: target.hostname,
      port: target.port,
      method: req.method,
      path: req.url,
      headers:
        req instanceof Http2ServerRequest ? asHttp1(req.rawHeaders, !req.stream.endAfterHeaders) : req.rawHeaders,
      setDefaultHeaders: false,
    });
    const giveUp = (): void => breakOff(req);
    outgoing.on("error", giveUp);
    outgoing.on("continue", () => res.writeContinue());
    outgoing.on("response", (answer: IncomingMessage) => void passBack(answer, res).catch(giveUp));
    res.on("error", () => {}).on("close", () => outgoing.destroy());
    req.on("error", () => outgoing.destroy());
    outgoing.flushHeaders(); // before the body: a viewer may wait for 100 Continue
    req.pipe(outgoing);
  }

  async function passBack(answer: IncomingMessage, res: ViewerResponse): Promise<void> {
    const headers = endToEndHeaders(answer.rawHeaders);
    const status = answer.statusCode ?? 0;
    // The edge closes a connection on which it did not read the whole body.
    if (answer.headers.connection === "close" && !(res instanceof Http2ServerResponse))
      headers.push("Connection", "close");
    if (!/^(text\/plain|application\/json)/.test(answer.headers["content-type"] ?? "")) {
      writeHead(res, status, headers);
      answer.pipe(res as NodeJS.WritableStream);
      return;
    }
    const body = Buffer.from((await text(answer)).replaceAll(target.origin, url));
    const isLength = (i: number): boolean => headers[i - 1]?.toLowerCase() === "content-length" && body.length > 0;
    writeHead(
      res,
      status,
      headers.map((value, i) => (i % 2 === 1 && isLength(i) ? String(body.length) : value)),
    );
    res.end(body);
  }

  return {
    url,
    ca: certificate?.cert ?? "",
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function writeHead(res: ViewerResponse, status: number, headers: string[]): void {
  if (res instanceof Http2ServerResponse) res.writeHead(status, headers);
  else res.writeHead(status, headers);
}

/** Leaves a viewer without an answer, or without the rest of one. */
function breakOff(req: ViewerRequest): void {
  if (req instanceof Http2ServerRequest) req.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else req.socket.destroy();
}
