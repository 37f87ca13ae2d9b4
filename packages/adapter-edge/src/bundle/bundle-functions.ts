import { mkdir } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

/** Where two bundles were written that still lack their settings, and what they are made of. */
export interface FunctionBundles {
  readonly issueDir: string;
  readonly verifyDir: string;
  /** Absolute paths of all source files that went into either. */
  readonly inputs: readonly string[];
}

/** CommonJS parts of the AWS SDK ask for Node's own modules by `require`. */
const REQUIRE_SHIM = 'import{createRequire as r}from"node:module";const require=r(import.meta.url);';

/**
 * Bundles the two edge functions: one `index.mjs` each.
 *
 * The same sources make the same bytes. A function does not work before `config.json` stands beside it: see
 * `bundleEdge`, which writes both.
 *
 * @param outDir  gets the folders `issue` and `verify`
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
 */
export async function bundleFunctions({ outDir }: { readonly outDir: string }): Promise<FunctionBundles> {
  const [issue, verify] = await Promise.all([bundle("issue"), bundle("verify")]);
  return { issueDir: issue.dir, verifyDir: verify.dir, inputs: [...new Set([...issue.inputs, ...verify.inputs])] };

  async function bundle(name: "issue" | "verify"): Promise<{ dir: string; inputs: string[] }> {
    const dir = join(outDir, name);
    await mkdir(dir, { recursive: true }); // where it cannot be, this says so in one line, esbuild in several
    const { metafile } = await build({
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
      metafile: true,
    });
    return { dir, inputs: Object.keys(metafile.inputs).map((input) => resolve(input)) };
  }
}

/** The function beside this file: TypeScript in the workspace, JavaScript once published. */
function entryPoint(name: "issue" | "verify"): string {
  return fileURLToPath(new URL(`../${name}-function${extname(import.meta.url)}`, import.meta.url));
}

function runsFromSource(): boolean {
  return extname(import.meta.url) === ".ts";
}
