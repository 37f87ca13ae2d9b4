import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRelay, type FetchHandler } from "@presign-once/adapter-fetch";
import { createNodeListener } from "@presign-once/adapter-fetch/node";
import { createEdgeKeys, everybody } from "@presign-once/core";
import { createInMemoryIndex, createInMemorySink, type InMemoryObjects } from "@presign-once/core/testing";
import { expect, onTestFinished, test } from "vitest";

import { useChromium } from "./open-page.ts";

const open = useChromium();

/** A key and a certificate that no browser trusts. */
function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "presign-once-tls-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", ...made], {
      stdio: "pipe",
    });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("an upload of unknown length that a page aborts over HTTP/2 leaves no object, 5 of 5", async () => {
  const objects: InMemoryObjects = new Map();
  const lines: string[] = [];
  const server = createSecureServer(selfSigned());
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const relay = createRelay({
    index: createInMemoryIndex(),
    sink: createInMemorySink({ objects, maxBytes: 10_000_000 }),
    keys: createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]),
    authorizer: everybody,
    baseUrl,
    writeLine: (line) => lines.push(line),
  });
  const logged = () => lines.map((line) => JSON.parse(line) as { outcome: string; bytes?: number });
  const handler: FetchHandler = async (request, context) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/")
      return new Response("<!doctype html><link rel=icon href=data:,>", { headers: { "content-type": "text/html" } });
    if (pathname !== "/accepted") return relay(request, context);
    const accepted = () => logged().filter(({ outcome }) => outcome === "accepted").length;
    await expect.poll(accepted).toBe(Number(search.slice(1)));
    return new Response();
  };
  server.on("request", createNodeListener(handler, { baseUrl }));
  onTestFinished(() => void server.close());

  const { page } = await open(`${baseUrl}/`, { ignoreHTTPSErrors: true });
  for (let i = 0; i < 5; i++) {
    const outcome = await page.evaluate(`(async (nth) => {
      const url = await (await fetch("/url")).text();
      const abort = new AbortController();
      let pieces = 0;
      const body = new ReadableStream({
        async pull(controller) {
          if (pieces++ === 3) {
            await fetch("/accepted?" + nth);
            setTimeout(() => abort.abort(), 50);
            return new Promise(() => {});
          }
          controller.enqueue(new Uint8Array(50_000));
        },
      });
      return fetch(url, { method: "PUT", body, duplex: "half", signal: abort.signal }).then((r) => r.status, (e) => e.name);
    })(${i + 1})`);
    expect(outcome).toBe("AbortError");
  }
  const ends = () => logged().filter(({ bytes }) => bytes !== undefined);
  await expect.poll(() => ends().length).toBe(5);
  expect(ends().map(({ outcome }) => outcome)).toEqual(Array(5).fill("broken-off"));
  expect([...objects]).toEqual([]);
});
