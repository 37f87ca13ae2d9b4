import { hasRoom } from "@presign-once/core/http";
import * as z from "zod/mini";

import { type AuthorizerConfig, authorizerSchema } from "./authorizer-config.ts";
import { commonFields, commonRules } from "./common-config.ts";
import { expected } from "./config-fields.ts";
import { parseJson, readConfig } from "./read-config.ts";

const schema = z.strictObject({ ...commonFields, authorizer: authorizerSchema }, expected("an object")).check(
  ...commonRules,
  z.refine<{ readonly keys: z.output<typeof commonFields.keys> }>(({ keys }) => keys[0]?.allows === undefined, {
    path: ["keys", 0, "allows"],
    error: "expected none: the first key signs what /url issues",
  }),
  z.refine<{ readonly authorizer: AuthorizerConfig; readonly subjectMetadata?: string | undefined }>(
    ({ authorizer, subjectMetadata }) => authorizer.type !== "none" || subjectMetadata === undefined,
    { path: ["subjectMetadata"], error: "expected none with authorizer none, which names no caller" },
  ),
  ({ value: { authorizer, maxBytes }, issues }) => {
    for (const [i, token] of (authorizer.type === "bearer" ? authorizer.tokens : []).entries()) {
      if (hasRoom({ minBytes: token.minBytes, maxBytes: Math.min(token.maxBytes ?? maxBytes, maxBytes) })) continue;
      const message = "expected maxBytes or less, the token's and that of the settings";
      issues.push({ code: "custom", message, path: ["authorizer", "tokens", i, "minBytes"], input: null });
    }
  },
);

/** The settings of both edge functions, complete. */
export type EdgeConfig = z.output<typeof schema>;

/** The settings as they are written down: what has a default may be left out. */
export type EdgeConfigInput = z.input<typeof schema>;

/**
 * Checks settings and fills in the defaults.
 *
 * @param settings  what `config.json` holds
 * @throws {PresignOnceError} `CONFIG_INVALID`: names every field that is missing, unknown or of the wrong form, and the
 *                            form expected; never repeats a value, since it may be a secret
 */
export function parseEdgeConfig(settings: unknown): EdgeConfig {
  return readConfig(schema, settings);
}

/**
 * Reads settings from the text of `config.json`.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: the text is no JSON, or see {@link parseEdgeConfig}
 */
export function parseEdgeConfigJson(json: string): EdgeConfig {
  return parseEdgeConfig(parseJson(json));
}
