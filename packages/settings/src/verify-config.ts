import { scopeOf } from "@presign-once/adapter-s3/strategies";
import type { EdgeKey } from "@presign-once/core";
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

/** The edge keys of a deployment, as `createEdgeKeys` takes them: with whole prefixes of the keys that each is for. */
export function edgeKeysOf({ keys, uploads: { prefix } }: Pick<VerifyConfig, "keys" | "uploads">): EdgeKey[] {
  const below = (folders?: readonly string[]): string[] | undefined => folders?.map((folder) => prefix + folder);
  return keys.map(({ id, secret, allows }) => ({
    id,
    secret: Buffer.from(secret, "base64url"),
    ...(allows && { allows: { uploads: below(allows.uploads), downloads: below(allows.downloads) } }),
  }));
}

/** The scope of a deployment's edge keys: see `scopeOf`. */
export function indexScope({
  index: { strategy, bucket, prefix },
  uploads,
  ...place
}: Pick<VerifyConfig, "region" | "endpoint" | "forcePathStyle" | "index" | "uploads" | "originPath">): string {
  return scopeOf({ strategy, bucket: bucket ?? uploads.bucket, prefix }, { ...place, bucket: uploads.bucket });
}

/**
 * The scope of the edge keys of tickets: {@link indexScope}, and the longest life of a ticket, by which the index may forget.
 *
 * With a strategy that records nothing at issue, a ticket from a time of longer lives would be free again once its entry is
 * gone.
 */
export function ticketScope(
  config: Parameters<typeof indexScope>[0] & Pick<VerifyConfig, "maxExpiresInSeconds">,
): string {
  return `${indexScope(config)} ${config.maxExpiresInSeconds}`;
}
