import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { bundleFunctions } from "@presign-once/adapter-edge/bundle";
import { build } from "esbuild";

import { DeployError } from "../deploy-error.ts";
import { checkFunction } from "./check-function.ts";
import type { DeployBundles } from "./deploy-bundles.ts";
import { findEnvironmentReads } from "./environment-reads.ts";

/**
 * Bundles what a deployment needs, and looks at it the way Lambda@Edge will.
 *
 * @param outDir         gets the folders `issue` and `verify`, and the check of their settings
 * @param issueFunction  module to take the place of the issue function
 * @throws {DeployError} `FUNCTIONS_UNFIT`: names every function and what is wrong with it
 */
export async function bundleForDeploy({
  outDir,
  issueFunction,
}: {
  readonly outDir: string;
  readonly issueFunction?: string | undefined;
}): Promise<DeployBundles> {
  const { issueDir, verifyDir, inputs } = await bundleFunctions({ outDir, issueFunction });
  const issueFile = join(issueDir, "index.mjs");
  const verifyFile = join(verifyDir, "index.mjs");
  const [issue, verify, reads] = await Promise.all([
    checkFunction("issue", issueFile),
    checkFunction("verify", verifyFile),
    findEnvironmentReads(inputs),
  ]);
  const problems = reads.map((read) => `${read}, which no function at the edge is given`);
  for (const result of [issue, verify]) if ("problem" in result) problems.push(result.problem);
  if (problems.length > 0 || "problem" in issue || "problem" in verify)
    throw new DeployError("FUNCTIONS_UNFIT", problems.join("; "));
  const configCheckFile = await bundleConfigCheck(outDir);
  return { issueFile, verifyFile, configCheckFile, zippedBytes: { issue: issue.bytes, verify: verify.bytes } };
}

/** The functions' own check of `config.json`, in a file that needs no other. */
async function bundleConfigCheck(outDir: string): Promise<string> {
  const runsFromSource = extname(import.meta.url) === ".ts";
  const outfile = join(outDir, "config-check.cjs");
  await build({
    stdin: {
      contents: 'export { parseEdgeConfigJson } from "@presign-once/settings";',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    outfile,
    bundle: true,
    minify: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    conditions: runsFromSource ? ["source"] : [],
    legalComments: "none",
    logLevel: "silent",
  });
  return outfile;
}
