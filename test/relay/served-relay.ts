import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { promisify } from "node:util";

import { serve } from "@hono/node-server";
import { createRelay, type RelayWithIssuerOptions } from "@presign-once/adapter-fetch";
import { createEdgeKeys, everybody } from "@presign-once/core";

import { listening } from "../servers/loopback.ts";
import type { RunningRelay } from "./relay-place.ts";

/** Serves a relay of this process, by Hono's adapter for Node, on a free port. */
export async function serveRelay(
  options: Pick<RelayWithIssuerOptions, "index" | "sink" | "retries" | "corsOrigins" | "downloads"> &
    Partial<Pick<RelayWithIssuerOptions, "authorizer" | "keys">>,
): Promise<RunningRelay> {
  const log: string[] = [];
  const relay = createRelay({
    authorizer: everybody,
    keys: createEdgeKeys([{ id: "k1", secret: randomBytes(32) }]),
    ...options,
    writeLine: (line) => void log.push(line),
  });
  const server = serve({ fetch: (request) => relay(request), port: 0, hostname: "127.0.0.1" }) as Server;
  const stop = promisify(server.close.bind(server));
  return { url: `http://127.0.0.1:${await listening(server)}`, log, stop: () => stop() };
}
