import { mkdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { type EdgeConfigInput, parseEdgeConfig } from "../edge-config.ts";

/** Where the two functions were written: each a folder with `index.mjs`, whose `handler` Lambda calls, and `config.json`. */
export interface EdgeBundles {
  readonly issueDir: string;
  readonly verifyDir: string;
}

/** CommonJS parts of the AWS SDK ask for Node's own modules by `require`. */
const REQUIRE_SHIM = 'import{createRequire as r}from"node:module";const require=r(import.meta.url);';

/**
 * Bundles the two edge functions: one file each, with the settings beside it.
 *
 * The settings are checked first, so nothing is written when they are wrong; they hold the edge keys, so the folders are
 * as secret as these.
 *
 * @param outDir  gets the folders `issue` and `verify`
 * @param config  settings of both
 * @throws {PresignOnceError} `CONFIG_INVALID`: names the field and the form expected
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
 */
export async function bundleEdge({
  outDir,
  config,
}: {
  readonly outDir: string;
  readonly config: EdgeConfigInput;
}): Promise<EdgeBundles> {
  parseEdgeConfig(config);
  const [issueDir, verifyDir] = await Promise.all([bundle("issue"), bundle("verify")]);
  return { issueDir, verifyDir };

  async function bundle(name: "issue" | "verify"): Promise<string> {
    const dir = join(outDir, name);
    await mkdir(dir, { recursive: true });
    await build({
      entryPoints: [entryPoint(name)],
      outfile: join(dir, "index.mjs"),
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "node22",
      mainFields: ["module", "main"],
      conditions: runsFromSource() ? ["source"] : [],
      banner: { js: REQUIRE_SHIM },
      legalComments: "none",
      logLevel: "silent",
    });
    await writeFile(join(dir, "config.json"), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
    return dir;
  }
}

/** The function beside this file: TypeScript in the workspace, JavaScript once published. */
function entryPoint(name: "issue" | "verify"): string {
  return fileURLToPath(new URL(`../${name}-function${extname(import.meta.url)}`, import.meta.url));
}

function runsFromSource(): boolean {
  return extname(import.meta.url) === ".ts";
}
