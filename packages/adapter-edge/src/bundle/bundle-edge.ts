import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PresignOnceError } from "@presign-once/core";

import { type EdgeConfigInput, parseEdgeConfig } from "../edge-config.ts";
import { bundleFunctions } from "./bundle-functions.ts";

/** Where the two functions were written: each a folder with `index.mjs`, whose `handler` Lambda calls, and `config.json`. */
export interface EdgeBundles {
  readonly issueDir: string;
  readonly verifyDir: string;
}

/**
 * Bundles the two edge functions: one file each, with the settings beside it.
 *
 * The settings are checked first, so nothing is written when they are wrong; they hold the edge keys, so the folders are
 * as secret as these.
 *
 * @param outDir         gets the folders `issue` and `verify`
 * @param config         settings of both
 * @param issueFunction  see {@link bundleFunctions}; goes with the settings `"authorizer": { "type": "custom" }`
 * @throws {PresignOnceError} `CONFIG_INVALID`: names the field and the form expected
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
 */
export async function bundleEdge({
  outDir,
  config,
  issueFunction,
}: {
  readonly outDir: string;
  readonly config: EdgeConfigInput;
  readonly issueFunction?: string | undefined;
}): Promise<EdgeBundles> {
  const { authorizer } = parseEdgeConfig(config);
  if (authorizer.type === "custom" && issueFunction === undefined)
    throw new PresignOnceError("CONFIG_INVALID", "authorizer: custom goes with an issueFunction of your own");
  const { issueDir, verifyDir } = await bundleFunctions({ outDir, issueFunction });
  const json = `${JSON.stringify(config, null, 2)}\n`;
  for (const dir of [issueDir, verifyDir]) {
    const file = join(dir, "config.json");
    await rm(file, { force: true }); // the mode is given to new files only
    await writeFile(file, json, { mode: 0o600 });
  }
  return { issueDir, verifyDir };
}
