import { PresignOnceError } from "@presign-once/core";
import * as z from "zod/mini";

/**
 * Checks settings and fills in the defaults.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: names every field that is missing, unknown or of the wrong form, and the
 *                            form expected; never repeats a value, since it may be a secret
 */
export function readConfig<Schema extends z.ZodMiniType>(schema: Schema, settings: unknown): z.output<Schema> {
  const result = z.safeParse(schema, settings);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const field = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => `${[...issue.path, key].join(".")}: unknown field`).join("; ");
    return `${field === "" ? "config" : field}: ${issue.message}`;
  });
  throw new PresignOnceError("CONFIG_INVALID", faults.join("; "));
}

/** Parses JSON without ever quoting it. Throws {@link PresignOnceError} `CONFIG_INVALID`. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new PresignOnceError("CONFIG_INVALID", "config: expected JSON"); // without the cause, which quotes the text
  }
}
