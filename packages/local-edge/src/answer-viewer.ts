import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";

/** Names this edge in `Via`, the way CloudFront's edges do. */
export const VIA = "1.1 00000000000000000000000localedge.cloudfront.net (CloudFront)";

/** A request, the response it waits for, and the id both are known by. */
export type Exchange = { req: IncomingMessage; res: ServerResponse; requestId: string };

/** An answer that does not come from the origin. */
export type Answer = {
  status: number;
  statusDescription?: string;
  /** Who made the answer, for `X-Cache`: "LambdaGeneratedResponse", "Error". */
  source: string;
  headers: readonly (readonly [key: string, value: string])[];
  body: Buffer;
};

/**
 * Sends an answer that the viewer can read even if it is still busy uploading.
 *
 * Closing a socket while bytes come in resets the connection, and the viewer may lose the answer; so the whole answer
 * goes out first, with `Connection: close`, and what the viewer still sends is thrown away until it stops or `drainMs`
 * has passed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
export function answerViewer(exchange: Exchange, answer: Answer, drainMs: number): void {
  const { req, res } = exchange;
  if (res.headersSent || res.destroyed) return;
  const uploading = hasBody(req) && !req.complete;
  const headers = [...answer.headers.flat(), ...edgeHeaders(exchange.requestId, answer.source)];
  if (answer.status !== 204 && answer.status !== 304) headers.push("Content-Length", String(answer.body.length));
  if (!answer.headers.some(([key]) => key.toLowerCase() === "server")) headers.push("Server", "CloudFront");
  // CloudFront ends the connection after a request that is too long.
  if (uploading || (answer.status === 413 && answer.source === "Error")) headers.push("Connection", "close");
  res.writeHead(answer.status, answer.statusDescription || (STATUS_CODES[answer.status] ?? ""), headers);
  if (answer.body.length > 0) res.write(answer.body);
  else res.flushHeaders();
  void endAfterUpload(exchange, drainMs);
}

/**
 * An error of CloudFront's own, as the page that it shows.
 *
 * @param source  what stands before "from cloudfront" in `X-Cache`
 */
export function errorAnswer(status: number, reason: string, source = "Error"): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
  const text = reason.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const page = `<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n<p>The request could not be satisfied.\n<p>${text}\n`;
  return {
    status,
    source,
    headers: [
      ["Content-Type", "text/html"],
      ["Cache-Control", "no-store"],
    ],
    body: Buffer.from(page),
  };
}

/** The headers CloudFront puts on every response, as a flat list. */
export function edgeHeaders(requestId: string, source: string): string[] {
  return ["X-Cache", `${source} from cloudfront`, "Via", VIA, "X-Amz-Cf-Id", requestId];
}

/** Whether a request announces a body; an empty one is none. */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/** Ends a response whose bytes are all written, once the viewer has stopped sending or `drainMs` has passed. */
export async function endAfterUpload({ req, res }: Pick<Exchange, "req" | "res">, drainMs: number): Promise<void> {
  if (hasBody(req) && !req.complete) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, drainMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      req.unpipe();
      req.once("end", done).once("close", done).resume();
    });
  }
  res.end();
}
