import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { build, type BuildOptions } from "esbuild";

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

/** Bundles a script as a site's bundler does; what it imports is found from here, and packages of the workspace in their sources. */
export async function bundle(contents: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    conditions: ["source"],
    ...options,
    write: false,
  });
  return outputFiles[0]!.text;
}

/** Serves an empty page on its own origin, with a script, which is a bundle. */
export function serveScript(script: string, whenDone: (undo: () => void) => void): Promise<string> {
  const page = `<!doctype html><link rel="icon" href="data:,"><title>app</title><body><script type="module">${script}</script>`;
  return serve((_, res) => res.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page), whenDone);
}

/** Serves an empty page on its own origin, with `@presign-once/client` as the global `client`. */
export async function serveClient(whenDone: (undo: () => void) => void): Promise<string> {
  const script = 'import * as client from "@presign-once/client"; globalThis.client = client;';
  return serveScript(await bundle(script), whenDone);
}
