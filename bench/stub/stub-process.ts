/** The process of the stub: an S3 that answers at once, or as late as a server does that is some way off. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { listen } from "@presign-once/test/servers/loopback";

import type { ServedRequest } from "./round-trips.ts";
import { createStubStore } from "./s3-answers.ts";

/** The messages to the stub. */
export type StubTask =
  | { readonly task: "set-round-trip"; readonly milliseconds: number }
  | { readonly task: "drop-connections" }
  | { readonly task: "take-log" };

/** What it says: where it listens, and then one report for each task. */
export type StubReport =
  | { readonly status: "listening"; readonly port: number }
  | { readonly status: "done"; readonly log: readonly ServedRequest[] };

/** Round trips before the first request of a connection can leave: TCP's, and that of TLS 1.3. */
const ROUND_TRIPS_TO_CONNECT = 2;

const store = createStubStore();
/** When the first request on a connection can have left its client, had it been as far away as is pretended. */
const readyAt = new WeakMap<Socket, number>();
let roundTripMs = 0;
const log: ServedRequest[] = [];

const server = createServer((req, res) => void serve(req, res));
server.keepAliveTimeout = 0;
server.on("connection", (socket: Socket) =>
  readyAt.set(socket, performance.now() + ROUND_TRIPS_TO_CONNECT * roundTripMs),
);
// To wait for leave to send a body is a round trip that would go uncounted here.
server.on("checkContinue", (_req: IncomingMessage, res: ServerResponse) => res.writeHead(417).end());

process.on("disconnect", () => process.exit());
process.on("message", (task: StubTask) => report({ status: "done", log: carryOut(task) }));
report({ status: "listening", port: await listen(server) });

function carryOut(task: StubTask): readonly ServedRequest[] {
  switch (task.task) {
    case "set-round-trip":
      roundTripMs = task.milliseconds;
      return [];
    case "drop-connections":
      server.closeIdleConnections();
      return [];
    case "take-log":
      return log.splice(0);
  }
}

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const arrivedAt = performance.now();
  let text = "";
  for await (const chunk of req) text += String(chunk);
  const { pathname, searchParams } = new URL(req.url ?? "/", "http://stub");
  const [, bucket = "", ...key] = pathname.split("/");
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = req.headers;
  const request = { method: req.method ?? "", bucket, key: key.join("/"), query: searchParams, body: text };
  const { operation, status, headers, body } = store({ ...request, ifMatch, ifNoneMatch });

  const lateness = Math.max(0, (readyAt.get(req.socket) ?? 0) - performance.now()) + roundTripMs;
  if (lateness > 0) await sleep(Math.ceil(lateness));
  res.writeHead(status, {
    "x-amz-id-2": randomBytes(56).toString("base64"),
    "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase(),
    ...headers,
    server: "AmazonS3",
    "content-length": Buffer.byteLength(body),
  });
  log.push({ operation, arrivedAt, answeredAt: performance.now() });
  res.end(req.method === "HEAD" ? undefined : body);
}

function report(message: StubReport): void {
  process.send?.(message);
}
