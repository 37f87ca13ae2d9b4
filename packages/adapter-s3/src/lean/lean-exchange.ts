import type { ClientRequest, IncomingMessage } from "node:http";

import { watchIdleSockets } from "../s3/idle-sockets.ts";
import type { S3Address } from "../s3/s3-address.ts";

/** One HTTP request, signed. */
export interface LeanRequest {
  readonly method: string;
  /** Path and query as they are sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A whole answer. */
export interface LeanAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** `undefined`: longer than was asked for, and not read. */
  readonly body: string | undefined;
}

/** Sends requests to one address over connections that it keeps. */
export type Exchange = (request: LeanRequest, maxBytes: number, signal: AbortSignal) => Promise<LeanAnswer>;

/**
 * Opens a way to one server: Node's own HTTP client and nothing on top.
 *
 * Each request is sent once. An answer counts only when it has arrived whole. A connection that idled longer than a few
 * seconds is not used again: a function that was frozen finds it dead, and a write on a dead connection is undecided.
 */
export function createExchange({ protocol, hostname, port }: S3Address): Exchange {
  // Imported, `node:http` also loads Node's own fetch, for the sake of `http.WebSocket`: longer than all the rest takes to
  // start; and a process without TLS does not load it.
  const { Agent, request: send } = process.getBuiltinModule(protocol === "https:" ? "node:https" : "node:http");
  const agent = new Agent({ keepAlive: true });
  const closeIdle = watchIdleSockets(agent);

  return ({ method, target, headers, body }, maxBytes, signal) => {
    closeIdle();
    return new Promise<LeanAnswer>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const request = send({ agent, hostname, port, method, path: target, headers });
      const giveUp = (): void => void request.destroy(signal.reason as Error);
      signal.addEventListener("abort", giveUp);
      request.on("error", reject);
      request.on("close", () => {
        signal.removeEventListener("abort", giveUp);
        reject(new Error("the connection was closed before the whole answer had come")); // if nothing else was said
      });
      request.on("response", (response) => receive(request, response, maxBytes, resolve, reject));
      request.end(body);
    });
  };
}

function receive(
  request: ClientRequest,
  response: IncomingMessage,
  maxBytes: number,
  resolve: (answer: LeanAnswer) => void,
  reject: (error: Error) => void,
): void {
  const { statusCode: status = 0, headers } = response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    resolve({ status, headers, body: undefined });
    request.destroy(); // left unread, it would keep its connection
  });
  response.on("error", (error) => reject(Object.assign(error, { status })));
  response.on("end", () => resolve({ status, headers, body: bytes === 0 ? "" : Buffer.concat(chunks).toString() }));
}
