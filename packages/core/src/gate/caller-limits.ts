import type { CallerLimits } from "../ports/authorizer.ts";
import { isPlainValue } from "../ports/header-field.ts";
import { ADDED_METADATA, FILENAME_METADATA } from "../url/added-metadata.ts";
import { extension, mediaType } from "../url/forms.ts";
import { isEnvelope } from "./media-type.ts";
import { isMetadataName, METADATA_PREFIX } from "./upload-headers.ts";

/** The form of one limit, whatever it comes from: settings, claims of a token, code of other people. */
export interface LimitForm {
  readonly words: string;
  is(value: unknown): boolean;
}

/** Every limit, with its form. */
export const CALLER_LIMITS: Readonly<Record<keyof CallerLimits, LimitForm>> = {
  maxBytes: { words: "a whole number of bytes", is: isNatural },
  minBytes: { words: "a whole number of bytes", is: isNatural },
  contentTypes: {
    words: "a list of media types such as image/png or image/*",
    is: (value) => Array.isArray(value) && value.length > 0 && value.every(isTypePattern),
  },
  expiresInSeconds: {
    words: "a whole number of seconds, 1 or more",
    is: (value) => isNatural(value) && value !== 0,
  },
  extension: { words: extension.words, is: (value) => typeof value === "string" && extension.is(value) },
  metadata: {
    words: "an object of texts in printable ASCII, by names of lower-case letters, digits and -",
    is: (value) => isRecord(value) && Object.entries(value).every(isMetadataEntry),
  },
};

/** The name of the metadata that tells who asked: no other part of a request may set it, or callers forge it. */
export const SUBJECT_METADATA: LimitForm = {
  words: `a name of 1 to 128 lower-case letters, digits and -, none of ${[FILENAME_METADATA, ...ADDED_METADATA].join(", ")}`,
  is: (value) => typeof value === "string" && value !== FILENAME_METADATA && isMetadataName(METADATA_PREFIX + value),
};

/**
 * Takes the limits out of an object that has them among other fields.
 *
 * @returns the limits that are there, or the name of the first that has another form or contradicts another, and its form
 */
export function readCallerLimits(
  from: Readonly<Partial<Record<keyof CallerLimits, unknown>>>,
): { readonly limits: CallerLimits } | { readonly fault: keyof CallerLimits; readonly form: string } {
  const names = (Object.keys(CALLER_LIMITS) as (keyof CallerLimits)[]).filter((name) => from[name] !== undefined);
  const fault = names.find((name) => !CALLER_LIMITS[name].is(from[name]));
  if (fault !== undefined) return { fault, form: CALLER_LIMITS[fault].words };
  const limits: CallerLimits = Object.fromEntries(names.map((name) => [name, from[name]]));
  return hasRoom(limits) ? { limits } : { fault: "minBytes", form: "maxBytes or less" };
}

/** Whether there is a number of bytes between the two, each where it is given. */
export function hasRoom({ minBytes = 0, maxBytes = Infinity }: Pick<CallerLimits, "minBytes" | "maxBytes">): boolean {
  return minBytes <= maxBytes;
}

/** Whether a media type is one of those that a caller may upload. Parameters of a type do not count. */
export function isAmong(type: string, patterns: readonly string[]): boolean {
  const essence = (type.split(";")[0] ?? "").trim().toLowerCase();
  return patterns.some((pattern) => {
    const known = pattern.toLowerCase();
    return known.endsWith("/*") ? essence.startsWith(known.slice(0, -1)) : essence === known;
  });
}

function isTypePattern(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const type = value.endsWith("/*") ? `${value.slice(0, -1)}x` : value;
  return mediaType.is(type) && !type.includes(";") && !isEnvelope(type);
}

function isMetadataEntry([name, value]: [string, unknown]): boolean {
  return isMetadataName(METADATA_PREFIX + name) && typeof value === "string" && isPlainValue(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNatural(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
