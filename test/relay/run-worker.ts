import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, type BuildOptions } from "esbuild";
import { Miniflare, NoOpLog } from "miniflare";

import { EXAMPLES, readWorkerSettings } from "./examples.ts";
import type { RunningRelay } from "./relay-place.ts";

/** How wrangler bundles for Workers with `nodejs_compat`: a browser's code, and Node's modules from the runtime. */
const BUNDLE = {
  bundle: true,
  format: "esm",
  platform: "browser",
  mainFields: ["browser", "module", "main"],
  conditions: ["workerd", "worker", "browser"],
  external: ["node:*"],
  logLevel: "error",
} satisfies BuildOptions;
const BUILT_IN = Object.fromEntries(["buffer", "events", "stream"].map((name) => [name, `node:${name}`]));

/**
 * Bundles a worker with the settings of the example, and runs it in workerd.
 *
 * @param env              its bindings
 * @param options.entry    its file; default: the example's
 * @param options.project  the folder of the project that it stands in, if that is not this workspace
 */
export async function runWorker(
  env: Record<string, string>,
  { entry = join(EXAMPLES, "workers", "worker.ts"), project = "" } = {},
): Promise<RunningRelay> {
  const { compatibility_date: compatibilityDate, compatibility_flags: flags, alias } = await readWorkerSettings();
  const pathOf = (path: string) => (project === "" ? inWorkspace(path) : join(project, path));
  const { outputFiles } = await build({
    ...BUNDLE,
    conditions: [...BUNDLE.conditions, ...(project === "" ? ["source"] : [])],
    write: false,
    entryPoints: [entry],
    alias: { ...BUILT_IN, ...Object.fromEntries(Object.entries(alias).map(([name, path]) => [name, pathOf(path)])) },
  });
  const log: string[] = [];
  const worker = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    modules: [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0]?.text ?? "" }],
    compatibilityDate,
    compatibilityFlags: [...flags],
    bindings: env,
    handleRuntimeStdio: (stdout: NodeJS.ReadableStream) =>
      void stdout.on("data", (chunk: Buffer) => log.push(...String(chunk).split("\n").filter(Boolean))),
    cf: false,
    telemetry: { enabled: false },
    log: new NoOpLog(),
  });
  const { origin } = await worker.ready;
  return { url: origin, log, stop: () => worker.dispose() };
}

/** A path below an application's `node_modules`, where this workspace has the package: nested, with the S3 adapter. */
function inWorkspace(path: string): string {
  const [, name = "", file = ""] = /^\.\/node_modules\/(@[^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
  const adapter = createRequire(fileURLToPath(new URL("../../packages/adapter-s3/package.json", import.meta.url)));
  const sdk = createRequire(createRequire(adapter.resolve("@aws-sdk/client-s3")).resolve("@aws-sdk/core"));
  return sdk.resolve(`${name}/${file}`);
}
