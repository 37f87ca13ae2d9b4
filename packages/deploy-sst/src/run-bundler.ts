import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

import type { DeployBundles } from "./bundle/deploy-bundles.ts";
import { DeployError } from "./deploy-error.ts";

const PROGRAM = `
import { bundleForDeploy } from "@presign-once/deploy-sst/bundle";
try {
  const [, outDir, issueFunction] = process.argv;
  process.stdout.write(JSON.stringify(await bundleForDeploy({ outDir, issueFunction })));
} catch (error) {
  process.stdout.write(JSON.stringify({ problem: error.message }));
}`;

/**
 * Bundles the edge functions of a stack.
 *
 * In a process of its own: SST bundles its configuration and everything this package imports into one file, in which a
 * bundler finds neither its own parts nor the sources. There, the app's folder is the place to resolve packages from.
 *
 * @param root           folder of the app
 * @param name           of the stack
 * @param issueFunction  module of the app's own to take the place of the issue function, from the app's folder
 * @param options.outDir  gets the bundles
 * @param options.from    folder from which this package is found
 * @throws {DeployError} `FUNCTIONS_UNFIT`
 */
export function runBundler(
  root: string,
  name: string,
  issueFunction?: string,
  { outDir = join(root, ".sst", "presign-once", name), from = root } = {},
): DeployBundles {
  const { NODE_OPTIONS: _, ...env } = process.env;
  // `source` is how the packages of a workspace name what is not built yet; published packages do not know it.
  const args = ["--conditions=source", "--input-type=module", "--eval", PROGRAM, outDir];
  if (issueFunction !== undefined) args.push(resolve(root, issueFunction));
  const { stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: from, env, encoding: "utf8" });
  const result = error === undefined ? parse(stdout) : { problem: error.message };
  if (result === undefined)
    throw unfit(`${firstError(stderr)} (looked from ${from}; another folder can be named as root)`);
  if ("problem" in result) throw unfit(result.problem);
  return result;
}

function parse(stdout: string): DeployBundles | { problem: string } | undefined {
  return stdout === "" ? undefined : (JSON.parse(stdout) as DeployBundles | { problem: string });
}

/** The line of Node's report that says what happened. */
function firstError(stderr: string): string {
  return /^\w*Error.*$/m.exec(stderr)?.[0] ?? "the bundler ended without a word";
}

function unfit(problem: string): DeployError {
  return new DeployError("FUNCTIONS_UNFIT", `the edge functions could not be bundled: ${problem}`);
}
