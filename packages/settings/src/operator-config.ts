import * as z from "zod/mini";

import { commonFields, commonRules } from "./common-config.ts";
import { expected } from "./config-fields.ts";
import { checkConfig, type ConfigFault, readConfig } from "./read-config.ts";

const schema = z
  .strictObject(
    { ...commonFields, keys: z.optional(commonFields.keys), authorizer: z.optional(z.unknown()) },
    expected("an object"),
  )
  .check(...commonRules);

/** The settings as far as an operator's tools look at them. Without `keys` no URL can be issued, and no tag verified. */
export type OperatorConfig = Omit<z.output<typeof schema>, "authorizer">;

/** The same as it is written down: what has a default may be left out. */
export type OperatorConfigInput = z.input<typeof schema>;

/**
 * Checks an operator's settings and fills in the defaults: the settings of the functions, or less of them.
 *
 * The authorizer, which guards `/url`, is not looked at. A field that the functions do not know is a fault here too.
 */
export function checkOperatorConfig(
  settings: unknown,
): { readonly config: OperatorConfig } | { readonly faults: readonly ConfigFault[] } {
  return checkConfig(schema, settings);
}

/**
 * The same, but throws.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: see `parseEdgeConfig`
 */
export function parseOperatorConfig(settings: unknown): OperatorConfig {
  return readConfig(schema, settings);
}
