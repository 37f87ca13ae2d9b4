import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PresignOnceError } from "@presign-once/core";
import { type EdgeConfigInput, parseEdgeConfig } from "@presign-once/settings";

import { bundleFunctions, type FunctionBundles } from "./bundle-functions.ts";

/** Where the two functions were written: each a folder with `index.mjs`, which exports Lambda's `handler`, and `config.json`. */
export type EdgeBundles = Omit<FunctionBundles, "inputs">;

/**
 * Bundles the two edge functions: one file each, with the settings next to it.
 *
 * The settings are checked first, so nothing is written when they are wrong; they hold the edge keys, so the folders are
 * as secret as these. Verify gets none of the authorizer, which it does not use and which may be secret.
 *
 * @param outDir         gets the folders `issue` and `verify`
 * @param config         settings of both
 * @param issueFunction  see {@link bundleFunctions}; goes with the settings `"authorizer": { "type": "custom" }`
 * @param minify         see {@link bundleFunctions}
 * @throws {PresignOnceError} `CONFIG_INVALID`: names the field and the form expected
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
 */
export async function bundleEdge({
  outDir,
  config,
  issueFunction,
  minify,
}: {
  readonly outDir: string;
  readonly config: EdgeConfigInput;
  readonly issueFunction?: string | undefined;
  readonly minify?: boolean | undefined;
}): Promise<EdgeBundles> {
  const { authorizer } = parseEdgeConfig(config);
  if (authorizer.type === "custom" && issueFunction === undefined)
    throw new PresignOnceError("CONFIG_INVALID", "authorizer: custom goes with an issueFunction of your own");
  const { inputs: _, ...bundles } = await bundleFunctions({ outDir, issueFunction, minify });
  const { authorizer: __, ...settingsOfVerify } = config;
  await writeSettings(bundles.issueDir, config);
  await writeSettings(bundles.verifyDir, settingsOfVerify);
  return bundles;
}

async function writeSettings(dir: string, settings: object): Promise<void> {
  const file = join(dir, "config.json");
  await rm(file, { force: true }); // the mode is given to new files only
  await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
}
