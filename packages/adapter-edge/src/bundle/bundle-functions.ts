import { mkdir } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { PresignOnceError } from "@presign-once/core";
import { build, type BuildFailure, type Metafile } from "esbuild";

import { builtinsOnDemand, isFile } from "./builtins-on-demand.ts";

/** Where the bundles of the two functions were written, and what they are made of. */
export interface FunctionBundles {
  readonly issueDir: string;
  readonly verifyDir: string;
  /** Absolute paths of all source files that went into either. */
  readonly inputs: readonly string[];
  /** What each is made of, as esbuild tells it; paths in it are relative to the current folder. */
  readonly metafiles: { readonly issue: Metafile; readonly verify: Metafile };
}

/** CommonJS parts of a custom issue function load Node's modules with `require("crypto")`. */
const REQUIRE_SHIM = 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);';

/**
 * Bundles the two edge functions: one `index.mjs` each.
 *
 * The same sources make the same bytes. A function does not work before `config.json` is next to it: see
 * `bundleEdge`, which writes both.
 *
 * @param outDir         gets the folders `issue` and `verify`
 * @param issueFunction  module that takes the place of the issue function and exports its `handler`, as one made with
 *                       `createFunction`; default: the one of this package
 * @param minify         false: bundles to be read, by people or by a profiler; default true
 * @throws {PresignOnceError} `CONFIG_INVALID`: `issueFunction` cannot be bundled, or exports no `handler`
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
 */
export async function bundleFunctions({
  outDir,
  issueFunction,
  minify = true,
}: {
  readonly outDir: string;
  readonly issueFunction?: string | undefined;
  readonly minify?: boolean | undefined;
}): Promise<FunctionBundles> {
  const [issue, verify] = await Promise.all([bundle("issue"), bundle("verify")]);
  return {
    issueDir: issue.dir,
    verifyDir: verify.dir,
    inputs: [...new Set([...issue.inputs, ...verify.inputs])],
    metafiles: { issue: issue.metafile, verify: verify.metafile },
  };

  async function bundle(name: "issue" | "verify"): Promise<{ dir: string; inputs: string[]; metafile: Metafile }> {
    const dir = join(outDir, name);
    await mkdir(dir, { recursive: true }); // where it cannot be, this says so in one line, esbuild in several
    const own = name === "issue" ? issueFunction : undefined;
    const { metafile } = await build({
      entryPoints: [own === undefined ? entryPoint(name) : resolve(own)],
      outfile: join(dir, "index.mjs"),
      bundle: true,
      minify,
      format: "esm",
      platform: "node",
      target: "node22",
      mainFields: ["module", "main"],
      conditions: runsFromSource() ? ["source"] : [],
      banner: { js: REQUIRE_SHIM },
      plugins: [builtinsOnDemand],
      legalComments: "none",
      logLevel: "silent",
      metafile: true,
    }).catch((failure: BuildFailure) => {
      throw own === undefined
        ? failure
        : new PresignOnceError("CONFIG_INVALID", `issueFunction: ${firstFault(failure)}`);
    });
    if (!Object.values(metafile.outputs).some((output) => output.exports.includes("handler")))
      throw new PresignOnceError("CONFIG_INVALID", "issueFunction: expected a module that exports handler");
    return {
      dir,
      inputs: Object.keys(metafile.inputs)
        .filter(isFile)
        .map((input) => resolve(input)),
      metafile,
    };
  }
}

/** The function beside this file: TypeScript in the workspace, JavaScript once published. */
function entryPoint(name: "issue" | "verify"): string {
  return fileURLToPath(new URL(`../functions/${name}-function${extname(import.meta.url)}`, import.meta.url));
}

/** The first of esbuild's errors in one line. */
function firstFault({ errors, message }: BuildFailure): string {
  const [first] = errors;
  const { file, line } = first?.location ?? {};
  return `${first?.text ?? message}${file === undefined ? "" : ` (${file}:${line})`}`;
}

function runsFromSource(): boolean {
  return extname(import.meta.url) === ".ts";
}
