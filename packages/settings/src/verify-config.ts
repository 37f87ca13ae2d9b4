import * as z from "zod/mini";

import { commonFields, commonRules } from "./common-config.ts";
import { expected } from "./config-fields.ts";
import { parseJson, readConfig } from "./read-config.ts";

const schema = z
  .strictObject({ ...commonFields, authorizer: z.optional(z.unknown()) }, expected("an object"))
  .check(...commonRules);

/** The settings as far as the verify function looks at them. */
export type VerifyConfig = Omit<z.output<typeof schema>, "authorizer">;

/**
 * Reads settings from the text of `config.json`, all but the authorizer: that one was checked when the functions were
 * bundled, is checked again by the issue function, and would be a quarter of this one's start.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: see `parseEdgeConfigJson`
 */
export function parseVerifyConfigJson(json: string): VerifyConfig {
  return readConfig(schema, parseJson(json));
}

/**
 * Names, for `createEdgeKeys`, what a URL is only good for together: the index that decides about it and the place that
 * it was signed for. URLs do not outlive a change of either: another index knows nothing of their uses, and another
 * origin would refuse their signature after the claim, and show the lock header in its answer.
 */
export function indexScope({
  region,
  endpoint = "aws",
  forcePathStyle,
  index,
  uploads,
  originPath,
}: Pick<VerifyConfig, "region" | "endpoint" | "forcePathStyle" | "index" | "uploads" | "originPath">): string {
  const decidesBy = `${index.strategy} ${index.bucket ?? uploads.bucket} ${index.prefix}`;
  const signedFor = `${region} ${endpoint} ${forcePathStyle ? "path" : "host"} ${uploads.bucket} ${originPath}`;
  return `${decidesBy} ${signedFor}`;
}
