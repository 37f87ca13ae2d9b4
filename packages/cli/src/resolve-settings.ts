import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { PresignOnceError } from "@presign-once/core";
import type { ConfigFault, OperatorConfig } from "@presign-once/settings";

import type { Surroundings } from "./command.ts";
import { CONFIG_VARIABLE, DEFAULT_CONFIG_FILE, type SettingName, settingNames, SETTINGS } from "./settings.ts";

/** Flags of a command, by their names; those that are no settings, or no text, are not looked at. */
export type SettingFlags = Readonly<Record<string, unknown>>;

/** A setting from a flag or the environment, and the name under which it was given. */
interface Told {
  readonly value: string;
  readonly by: string;
}

/**
 * Finds out the settings: the flag first, then the environment, then the file.
 *
 * @param uploads  whether the bucket of the uploads has to be known too, and not only that of the index
 * @throws {PresignOnceError} `CONFIG_INVALID`: names the flag, the variable or the field that is wrong, and all three
 *                            where something is missing; with `uploads` also where one bucket was named for the two of
 *                            the file; never repeats a value
 */
export async function resolveSettings(
  flags: SettingFlags,
  { env, directory }: Pick<Surroundings, "env" | "directory">,
  { uploads = false }: { readonly uploads?: boolean } = {},
): Promise<OperatorConfig> {
  // Here and not above: it brings zod along, for which a mistyped flag need not wait.
  const { checkOperatorConfig, parseJson, whyUnreadable } = await import("@presign-once/settings");
  const { name: file, json } = await readSettingsFile(flags, env, directory, whyUnreadable);
  const written = json === undefined ? {} : namingFile(file, () => parseJson(json));

  const told = toldNearer(flags, env);
  if (uploads && isObject(written)) refuseOneForTwo(written, told, file);
  const settings = isObject(written) ? overlay(written, told, uploads) : written;
  const checked = checkOperatorConfig(settings);
  if ("config" in checked) return checked.config;
  // One name may set two fields, as --bucket does: its fault is reported once.
  throw invalid([...new Set(checked.faults.map((fault) => describeFault(fault, told, file)))].join("; "));
}

/** What flags and environment say. A bucket stands for both buckets, unless the other one is named as near. */
function toldNearer(flags: SettingFlags, env: Surroundings["env"]): ReadonlyMap<SettingName, Told> {
  const byFlag = new Map<SettingName, Told>();
  const byVariable = new Map<SettingName, Told>();
  for (const name of settingNames) {
    const { flag, variable } = SETTINGS[name];
    const [given, set] = [flags[flag], env[variable]];
    if (typeof given === "string") byFlag.set(name, { value: given, by: `--${flag}` });
    if (set !== undefined && set !== "") byVariable.set(name, { value: set, by: variable });
  }
  for (const source of [byFlag, byVariable]) {
    const bucket = source.get("bucket");
    if (bucket !== undefined && !source.has("indexBucket")) source.set("indexBucket", bucket);
  }
  return new Map([...byVariable, ...byFlag]);
}

/**
 * Refuses one bucket that was named for both if the file has two: an operator who names the index for `inspect` would
 * otherwise sign uploads into it with `issue`.
 */
function refuseOneForTwo(
  { uploads, index }: Readonly<Record<string, unknown>>,
  told: ReadonlyMap<SettingName, Told>,
  file: string,
): void {
  const named = told.get("bucket");
  // Both have one name only if one was named for both.
  if (named === undefined || told.get("indexBucket")?.by !== named.by) return;
  const uploadsBucket = (isObject(uploads) ? uploads["bucket"] : undefined) ?? named.value;
  const indexBucket = (isObject(index) ? index["bucket"] : undefined) ?? uploadsBucket;
  if (indexBucket === uploadsBucket) return;
  const { bucket, indexBucket: other } = SETTINGS;
  throw invalid(
    `${named.by}: stands for both buckets, which are two in ${file}: leave it out, or name both, ` +
      `with --${bucket.flag} and --${other.flag} or with ${bucket.variable} and ${other.variable}`,
  );
}

function overlay(
  written: Readonly<Record<string, unknown>>,
  told: ReadonlyMap<SettingName, Told>,
  needsUploads: boolean,
): Record<string, unknown> {
  const settings: Record<string, unknown> = { uploads: {}, ...written };
  for (const [name, { value }] of told) write(settings, SETTINGS[name].field, value);
  if (told.has("endpoint")) settings["forcePathStyle"] = true;
  const index = told.get("indexBucket")?.value ?? (isObject(written["index"]) ? written["index"]["bucket"] : undefined);
  const { uploads } = settings;
  // Whoever only asks the index need not know where uploads go.
  if (!needsUploads && isObject(uploads) && uploads["bucket"] === undefined && index !== undefined)
    write(settings, SETTINGS.bucket.field, index);
  return settings;
}

/** Writes a field, copying the object that it is in; something else than an object is left for the check to find. */
function write(settings: Record<string, unknown>, field: string, value: unknown): void {
  const [outer = "", inner] = field.split(".");
  const within = settings[outer] ?? {};
  if (inner === undefined) settings[outer] = value;
  else if (isObject(within)) settings[outer] = { ...within, [inner]: value };
}

function describeFault({ field, problem }: ConfigFault, told: ReadonlyMap<SettingName, Told>, file: string): string {
  const name = settingNames.find((candidate) => SETTINGS[candidate].field === field);
  const by = name === undefined ? undefined : told.get(name)?.by;
  if (by !== undefined) return `${by}: ${problem}`;
  if (name !== undefined && problem.startsWith("missing")) return missing(name);
  return `${file}: ${field === "" ? "" : `${field}: `}${problem}`;
}

/** Says what is missing, and every name that can set it. */
export function missing(name: SettingName): string {
  const { flag, variable, field } = SETTINGS[name];
  return `${flag} is missing: set it with --${flag}, with ${variable}, or in the field ${field} of ${DEFAULT_CONFIG_FILE}`;
}

/** A settings file that is named must be there; the default one may be. */
async function readSettingsFile(
  flags: SettingFlags,
  env: Surroundings["env"],
  directory: string,
  whyUnreadable: (cause: unknown) => string,
): Promise<{ readonly name: string; readonly json?: string }> {
  const { config } = flags;
  const [by, named] =
    typeof config === "string" ? ["--config", config] : [CONFIG_VARIABLE, env[CONFIG_VARIABLE] || undefined];
  const name = named ?? DEFAULT_CONFIG_FILE;
  try {
    return { name, json: await readFile(resolve(directory, name), "utf8") };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (named === undefined && code === "ENOENT") return { name };
    // Not by its name, which may be anything that was typed in the wrong place.
    throw invalid(`${named === undefined ? name : by}: the settings file cannot be read: ${whyUnreadable(cause)}`);
  }
}

function namingFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw invalid(`${file}: expected JSON`); // without the cause, which may quote it
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string): PresignOnceError {
  return new PresignOnceError("CONFIG_INVALID", message);
}
