import { PresignOnceError } from "@presign-once/core";
import * as z from "zod/mini";

/** What is wrong with one field; `problem` says what was expected, and never repeats a value, since it may be a secret. */
export interface ConfigFault {
  /** Names from the outside in, with dots between them: `index.bucket`. Empty for the settings as a whole. */
  readonly field: string;
  readonly problem: string;
}

/** Checks settings and fills in the defaults; finds every field that is missing, unknown or of the wrong form. */
export function checkConfig<Schema extends z.ZodMiniType>(
  schema: Schema,
  settings: unknown,
): { readonly config: z.output<Schema> } | { readonly faults: readonly ConfigFault[] } {
  const result = z.safeParse(schema, settings);
  if (result.success) return { config: result.data };
  const faults = result.error.issues.flatMap((issue): ConfigFault[] => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ field: [...issue.path, key].join("."), problem: "unknown field" }));
    return [{ field: issue.path.map(String).join("."), problem: issue.message }];
  });
  return { faults };
}

/**
 * Checks settings and fills in the defaults.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: names every field that is missing, unknown or of the wrong form, and the
 *                            form expected; never repeats a value, since it may be a secret
 */
export function readConfig<Schema extends z.ZodMiniType>(schema: Schema, settings: unknown): z.output<Schema> {
  const checked = checkConfig(schema, settings);
  if ("config" in checked) return checked.config;
  const faults = checked.faults.map(({ field, problem }) => `${field === "" ? "config" : field}: ${problem}`);
  throw new PresignOnceError("CONFIG_INVALID", faults.join("; "));
}

/**
 * Why a file could not be read: `it does not exist (ENOENT)`. Never names the file, which may be anything that was typed.
 *
 * @param cause  what reading it has thrown
 */
export function whyUnreadable(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  const reason = READ_FAILURES.get(code ?? "");
  return reason === undefined ? (code ?? "unknown error") : `${reason} (${code})`;
}

const READ_FAILURES: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "it does not exist"],
  ["ENOTDIR", "it is below a file, not below a folder"],
  ["EISDIR", "it is a folder"],
  ["EACCES", "this user may not read it"],
  ["EPERM", "this user may not read it"],
]);

/** Parses JSON without ever quoting it. Throws {@link PresignOnceError} `CONFIG_INVALID`. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new PresignOnceError("CONFIG_INVALID", "config: expected JSON"); // without the cause, which quotes the text
  }
}
