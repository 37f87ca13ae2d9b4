import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

import { createLocalEdge, type LocalEdge, type LocalEdgeOptions } from "../src/create-local-edge.ts";
import { PASS_THROUGH, type WhenDone, writeFunction } from "./write-function.ts";

/** What an origin was asked. */
export type Seen = { method: string; url: string; rawHeaders: string[]; body: string };

/** Starts an HTTP server on a free port of 127.0.0.1 and stops it when the test ends. */
export async function startServer(
  listener: RequestListener,
  whenDone: WhenDone = onTestFinished,
): Promise<{ url: string; server: Server }> {
  const server = createServer({ maxHeaderSize: 65_536 }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  whenDone(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** An origin that remembers what it was asked and answers 200 "stored". */
export async function startOrigin(whenDone: WhenDone = onTestFinished): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const { url } = await startServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: req.method ?? "", url: req.url ?? "", rawHeaders: req.rawHeaders, body });
      res.end("stored");
    });
  }, whenDone);
  return { url, seen };
}

/** Starts an edge with this source as its verify function; everything stops when the test ends. */
export async function startEdge(
  verify: string,
  {
    whenDone = onTestFinished,
    ...options
  }: Partial<LocalEdgeOptions> & Pick<LocalEdgeOptions, "origin"> & { whenDone?: WhenDone },
  issue = PASS_THROUGH,
): Promise<LocalEdge & { log: string[] }> {
  const log: string[] = [];
  const edge = await createLocalEdge({
    bundles: { issueDir: await writeFunction(issue, whenDone), verifyDir: await writeFunction(verify, whenDone) },
    identity: { region: "us-east-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" },
    onLog: (line) => log.push(line),
    ...options,
  });
  whenDone(() => edge.close());
  return { ...edge, log };
}

/** All values of a header in a raw list. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
