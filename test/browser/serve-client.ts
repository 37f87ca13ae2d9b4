import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

/** Serves on a free port of 127.0.0.1; returns the origin. */
export async function serve(
  listener: (...exchange: Parameters<RequestListener>) => unknown,
  whenDone: (undo: () => void) => void,
): Promise<string> {
  const server = createServer((req, res) => void listener(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Serves an empty page on its own origin, with `@presign-once/client` as the global `client`. */
export async function serveClient(whenDone: (undo: () => void) => void): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: 'import * as client from "@presign-once/client"; globalThis.client = client;',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    conditions: ["source"],
    write: false,
  });
  const page = `<!doctype html><link rel="icon" href="data:,"><title>app</title><script>${outputFiles[0]!.text}</script>`;
  return serve((_, res) => res.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page), whenDone);
}
