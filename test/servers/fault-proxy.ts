import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { deliver } from "./deliver.ts";
import type { Fault } from "./fault.ts";
import { forward } from "./forward.ts";
import { listen } from "./loopback.ts";

/** What `decide` knows of a request: its head. */
export interface ProxiedRequest {
  /** 1 for the first request, in order of arrival. */
  readonly n: number;
  readonly method: string;
  /** `/bucket/key`, percent-encoded as received, without the path of the upstream endpoint. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** What is kept of a request: enough to see what was asked, and nothing that signs. */
export interface LoggedRequest {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly queryNames: readonly string[];
  /** Absent until decided. */
  fault?: Fault;
  /** What the server answered, whatever the client was told; absent if it was not asked or has not answered. */
  upstreamStatus?: number;
}

/** A running proxy, and what it has seen. */
export interface FaultProxy {
  /** To be used instead of the upstream endpoint. */
  readonly endpoint: string;
  /** Every request since the start, in order of arrival. */
  readonly requests: readonly Readonly<LoggedRequest>[];
  /** How many requests have neither been answered to the end nor lost their connection. */
  readonly inProgress: number;
  /** How many requests had this method and a path that begins like this. */
  count(method: string, pathPrefix: string): number;
  /** Breaks what is still open, and forgets what is still delayed. Stopping twice does no harm. */
  stop(): Promise<void>;
}

/**
 * Starts an unreliable network on 127.0.0.1: a proxy that passes S3 requests on, each with the fault decided for it.
 *
 * Requests keep their Host, since SigV4 signs it; R2 in miniflare and Ceph both verify what was signed for the proxy's
 * address. Bodies are held in memory both ways, so a request either arrives whole or not at all. A connection that the
 * server breaks is reset for the client too.
 *
 * @param options.upstream  endpoint of a path-style S3 server, over http
 * @param options.decide    asked once a request, when its head is there; may wait, to hold the request back;
 *                          default: everything passes
 */
export async function startFaultProxy(options: {
  upstream: string;
  decide?: (request: ProxiedRequest) => Fault | Promise<Fault>;
}): Promise<FaultProxy> {
  const upstream = new URL(options.upstream);
  const prefix = upstream.pathname.replace(/\/$/, "");
  const decide = options.decide ?? (() => ({ kind: "pass" }) as const);
  const requests: LoggedRequest[] = [];
  const stopping = new AbortController();
  let inProgress = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "" } = request;
    const [fullPath = "", query] = url.split(/\?(.*)/s);
    const path = fullPath.startsWith(`${prefix}/`) ? fullPath.slice(prefix.length) : fullPath;
    const parameters = new URLSearchParams(query);
    const logged: LoggedRequest = { n: requests.length + 1, method, path, queryNames: [...parameters.keys()] };
    requests.push(logged);

    logged.fault = await decide({ n: logged.n, method, path, query: parameters, headers: request.headers });
    const body = await buffer(request);
    const ask = async () => {
      const answer = await forward(
        { method, target: url, rawHeaders: request.rawHeaders, body },
        upstream,
        stopping.signal,
      );
      logged.upstreamStatus = answer.status;
      return answer;
    };
    await deliver(logged.fault, { ask, response, signal: stopping.signal });
  };

  const server = createServer((request, response) => {
    inProgress++;
    response.once("close", () => inProgress--);
    serve(request, response).catch(() => request.socket.resetAndDestroy());
  });

  return {
    endpoint: `http://127.0.0.1:${await listen(server)}${prefix}`,
    requests,
    get inProgress() {
      return inProgress;
    },
    count: (method, pathPrefix) =>
      requests.filter((request) => request.method === method && request.path.startsWith(pathPrefix)).length,
    async stop() {
      stopping.abort();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
