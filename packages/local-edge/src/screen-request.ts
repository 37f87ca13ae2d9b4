import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

import { type Answer, errorAnswer, hasBody } from "./answer-viewer.ts";
import type { EdgeLimits } from "./edge-limits.ts";

/** Whether a request gets as far as a function. */
export type ScreenedRequest = { status: "accepted"; target: string } | { status: "refused"; answer: Answer };

const METHODS = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/**
 * Refuses what CloudFront refuses before it calls a function: sizes (413), methods it does not know and bodies on GET
 * (403), and requests that leave it open which host or path they mean (400).
 *
 * CloudFront documents 413 for a URL or a request that is too long, not 414 or 431, and that it then ends the connection. The URL
 * is the whole of it, with scheme and host.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
 */
export function screenRequest(req: IncomingMessage, limits: EdgeLimits): ScreenedRequest {
  const received = req.url ?? "";
  const method = req.method ?? "";
  // A client may address the edge as if it were a proxy; every server has to understand that form (RFC 9112, 3.2.2).
  const target = received.replace(/^https?:\/\/[^/?#]*/i, "");
  if (Buffer.byteLength(`https://${req.headers.host ?? ""}${target}`, "latin1") > limits.urlBytes)
    return refused(413, `The URL is longer than ${limits.urlBytes} bytes.`);
  if (headBytes(req) > limits.requestHeadBytes)
    return refused(413, `The request is longer than ${limits.requestHeadBytes} bytes.`);
  if (!METHODS.has(method))
    return refused(403, "This distribution is not configured to allow the HTTP request method.");
  if ((method === "GET" || method === "HEAD") && hasBody(req))
    return refused(403, `A ${method} request must not have a body.`);
  const hosts = req.rawHeaders.filter((value, index) => index % 2 === 0 && value.toLowerCase() === "host");
  if (hosts.length !== 1) return refused(400, "The request must have one Host header.");
  if (!target.startsWith("/") || target.includes("#")) return refused(400, "The request target must be a path.");
  return { status: "accepted", target };
}

/**
 * Answers what is not HTTP, or ambiguous HTTP (both a length and chunks, two lengths), with 400, and headers that do not come
 * with 408, and closes the connection.
 *
 * A whole request that came before it on the same connection is answered first, and then the connection closed.
 */
export function refuseMalformed(server: Server): void {
  const responses = new WeakMap<Socket, ServerResponse>();
  const ending = new WeakSet<Socket>();
  const remember = (req: IncomingMessage, res: ServerResponse): void => void responses.set(req.socket, res);
  server.prependListener("request", remember);
  server.prependListener("checkContinue", remember);
  server.prependListener("checkExpectation", remember);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = responses.get(socket);
    if (
      response?.req.complete === true &&
      !response.writableFinished &&
      socket.writable &&
      error.code !== "ECONNRESET"
    ) {
      // A good request came before the bad bytes, and may have been passed on: its response goes out before the end.
      if (!ending.has(socket)) response.once("close", () => socket.destroySoon());
      ending.add(socket);
      return;
    }
    const midResponse = response !== undefined && response.headersSent && !response.writableFinished;
    if (!socket.writable || midResponse || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const [status, reason] = CLIENT_ERRORS[error.code ?? ""] ?? [400, "The request is malformed."];
    const { body } = errorAnswer(status, reason);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
      "Content-Type: text/html",
      `Content-Length: ${body.length}`,
      "Server: CloudFront",
      "X-Cache: Error from cloudfront",
      "Connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body.toString()}`, () => socket.destroySoon());
  });
}

/** Node.js's codes of client errors, and the answers to them; 400 for every other one. */
const CLIENT_ERRORS: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [413, "The request is too long."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The headers of the request took too long."],
};

function headBytes(req: IncomingMessage): number {
  const line = `${req.method ?? ""} ${req.url ?? ""} HTTP/1.1\r\n`;
  const fields = req.rawHeaders.reduce((sum, value) => sum + Buffer.byteLength(value, "latin1") + 2, 0);
  return Buffer.byteLength(line, "latin1") + fields + 2;
}

function refused(status: number, reason: string): ScreenedRequest {
  return { status: "refused", answer: errorAnswer(status, reason) };
}
