import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { type EdgeKeys, PresignOnceError, type SignatureIndex } from "@presign-once/core";

import type { Surroundings } from "./command.ts";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";
import { indexFlags } from "./settings.ts";

/** What a module of the operator's own gives to the commands: an index on any store, opened as the relay opens it. */
export interface IndexModule {
  readonly index: SignatureIndex;
  /** Those that the relay issues with; without them no tag is verified. */
  readonly keys?: EdgeKeys;
  /** Closes the connections, at the end; what it throws is ignored. */
  close?(): unknown;
}

/** The flag that names such a module, as `parseArgs` takes it. */
export const indexModuleFlag = { "index-module": { type: "string" } } as const;

/** The lines of `--help` about it. */
export const INDEX_MODULE_HELP = `  --index-module FILE  an index on another store than S3: a module that exports openIndex(), which returns
                       { index, keys?, close? }. No settings are read then, and
                       no other flag that names an index goes with it
`;

const METHODS = ["register", "claim", "revoke", "inspect"] as const;

/**
 * Imports the module that `--index-module` names.
 *
 * @returns opens one more handle on its index; `undefined` if the flag was not given
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: with another flag that names an index, or a file that is no such module;
 *                            says what it lacks. So does the handle, where code of the module throws
 */
export async function readIndexModule(
  flags: Readonly<Record<string, unknown>> & { readonly "index-module"?: string | undefined },
  { directory, nodeVersion }: Pick<Surroundings, "directory" | "nodeVersion">,
): Promise<(() => Promise<IndexModule>) | undefined> {
  const file = flags["index-module"];
  if (file === undefined) return undefined;
  const other = [...Object.keys(indexFlags), "relay-scope"].find((name) => flags[name] !== undefined);
  if (other !== undefined) throw wrong(`expected without --${other}: the module says which index and keys`);
  const module = (await import(pathToFileURL(resolve(directory, file)).href).catch((cause: unknown) => {
    throw wrong(whyNotImported(cause, nodeVersion), cause);
  })) as { readonly openIndex?: unknown };
  const { openIndex } = module;
  if (typeof openIndex !== "function")
    throw wrong("expected a module that exports openIndex, a function that returns { index, keys?, close? }");
  return async () => checkModule(await naming("its openIndex threw", openIndex as () => unknown));
}

/** Closes what a module opened. The outcome is known by then, so a failure of it hides nothing. */
export async function closeModule(parts: IndexModule): Promise<void> {
  await naming("its close threw", () => parts.close?.()).catch(() => {});
}

/** Says why an index of a module gave no answer. */
export function describeIndexFailure(cause: unknown): { readonly exitCode: ExitCode; readonly line: string } {
  if (cause instanceof PresignOnceError) return { exitCode: EXIT_CODES.wrong, line: cause.message };
  return { exitCode: EXIT_CODES.undecided, line: `the index gave no certain answer (${describe(cause)}): ask again` };
}

function checkModule(parts: unknown): IndexModule {
  const { index, keys, close } = (parts ?? {}) as Readonly<Record<string, unknown>>;
  if (index === undefined || index === null)
    throw wrong("its openIndex returned no index: expected { index, keys?, close? }");
  const missing = METHODS.filter((method) => typeof (index as Record<string, unknown>)[method] !== "function");
  if (missing.length > 0) throw wrong(`its index is no SignatureIndex: it lacks ${missing.join(", ")}`);
  if (keys !== undefined && typeof (keys as Partial<EdgeKeys>).verifyTag !== "function")
    throw wrong("its keys are none: expected what createEdgeKeys returns");
  if (close !== undefined && typeof close !== "function") throw wrong("its close is no function");
  const call = (method: (typeof METHODS)[number]) =>
    ((...args: unknown[]) =>
      naming(`its ${method} threw`, () =>
        (index as Record<string, (...given: unknown[]) => unknown>)[method]?.(...args),
      )) as never;
  return {
    ...(parts as IndexModule),
    index: { register: call("register"), claim: call("claim"), revoke: call("revoke"), inspect: call("inspect") },
  };
}

/** Runs code of the module; what it throws is the module's mistake, and no fault of this command. */
async function naming<T>(what: string, run: () => T): Promise<Awaited<T>> {
  try {
    return await run();
  } catch (cause) {
    throw wrong(`${what}: ${describe(cause)}`, cause);
  }
}

function whyNotImported(cause: unknown, nodeVersion: string): string {
  const { code, message = "" } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  if (code === "ERR_UNKNOWN_FILE_EXTENSION" && /"\.[cm]?ts"/.test(message))
    return `expected JavaScript: TypeScript needs Node 22.18 or newer, this is ${nodeVersion}`;
  if (code === "ERR_MODULE_NOT_FOUND" && message.includes("index-module.")) return "there is no such file";
  return `the module cannot be imported: ${describe(cause)}`;
}

/** The first line of an error, or its code where it has no message; without addresses: they may hold passwords. */
export function describe(cause: unknown): string {
  const message =
    cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || cause.name : String(cause);
  return (message.split("\n")[0] ?? "").replace(/\b[a-z][a-z0-9+.-]*:\/\/\S*/gi, "(address)");
}

function wrong(problem: string, cause?: unknown): PresignOnceError {
  return new PresignOnceError("ARGUMENT_INVALID", `--index-module: ${problem}`, { cause });
}
