import { byteLengthAbove } from "../bytes/bytes.ts";
import { type HeaderField, isPlainValue } from "../ports/header-field.ts";
import { ADDED_METADATA } from "../url/added-metadata.ts";
import { CLIENT_HEADER } from "./client-secret.ts";
import { declaredLength } from "./declared-length.ts";
import {
  findClientFault,
  type HeaderFault,
  lengthMissing,
  printable,
  headerRefused,
  tooSmall,
} from "./header-fault.ts";
import { isEnvelope, isSameMediaType } from "./media-type.ts";

/** What a gate, edge or relay, has to know to read the headers of an upload. */
export interface HeaderTerms {
  /** Headers that the URL binds, by name, with the value of each. */
  readonly granted: ReadonlyMap<string, string>;
  /** Whether the URL was granted retries, so that a client may make itself known. */
  readonly allowsRetries: boolean;
  /** Least bytes that were granted; `undefined`: none are fine. */
  readonly minBytes?: number | undefined;
}

/** The headers of an upload that have an effect. All others are dropped. */
export interface UploadHeaders {
  /** Headers that describe the object, and granted ones; each once, granted ones with the granted value. */
  readonly kept: readonly HeaderField[];
  /** Every value by name; of a header that was sent more than once the last. */
  readonly values: ReadonlyMap<string, string>;
  /** How many bytes the body has; `undefined` where no length is declared. */
  readonly declaredBytes: number | undefined;
}

/** Headers by which a grant binds metadata of the object. */
export const METADATA_PREFIX = "x-amz-meta-";
/** Headers that S3 stores with an object, and that a client may send without having been granted them. */
export const STORED_HEADERS: ReadonlySet<string> = new Set([
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
]);
/** Headers that have an effect, so that two values of one of them contradict each other; in addition to granted ones. */
export const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  ...STORED_HEADERS,
  "content-length",
  "content-md5",
  "host",
  "transfer-encoding",
  CLIENT_HEADER,
]);
/**
 * Most bytes of names and values of headers that S3 stores: its limit for system-defined metadata, 2 KB, less the headers of
 * encryption, which the settings may add.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export const MAX_STORED_BYTES = 1_792;
/**
 * Most bytes of names and values of granted metadata: S3's limit of 2 KB, less names and values of the grant's id and of an
 * attempt, which a relay adds after the claim.
 */
export const MAX_METADATA_BYTES = 1_820;

/**
 * Whether a header may bind metadata: under a name that every S3 server and HTTP client takes as it is, and that presign-once
 * does not add itself. Ceph RGW, which makes the name of an attribute of it, answers 500 for long ones.
 */
export function isMetadataName(name: string): boolean {
  const own = name.slice(METADATA_PREFIX.length);
  return name.startsWith(METADATA_PREFIX) && /^[a-z0-9-]{1,128}$/.test(own) && !ADDED_METADATA.includes(own);
}

/**
 * Reads the headers of an upload by the rules that edge and relay share.
 *
 * What S3 would refuse, and what would change the stored object in a way that was not granted, is refused before the claim:
 * conditions, checksums, ACLs and metadata, a part of a file, a form around it. Of everything else only
 * {@link STORED_HEADERS} are passed on: S3 servers read many headers under other names than S3 does, so no list of forbidden
 * names is complete. Ceph RGW reads `x-goog-meta-a`, `x-object-meta-a` and `x_amz_meta_a` as `x-amz-meta-a`.
 *
 * @param headers  every field as received, names in lower case
 * @returns        the headers that have an effect, or the first fault found
 */
export function readUploadHeaders(
  headers: readonly HeaderField[],
  { granted, allowsRetries, minBytes = 0 }: HeaderTerms,
): UploadHeaders | { readonly fault: HeaderFault } {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    if (values.has(name) && (SINGLE_HEADERS.has(name) || granted.has(name)))
      return { fault: headerRefused(`The header ${printable(name)} was sent twice.`) };
    values.set(name, value);
    const fault = name === CLIENT_HEADER ? findClientFault(value, allowsRetries) : findFieldFault(name, value, granted);
    if (fault !== undefined) return { fault: headerRefused(fault) };
  }
  const length = declaredLength(values);
  if ("fault" in length) return length;
  const isLengthNeeded = granted.has("content-length") || minBytes !== 0;
  if (length.bytes === undefined && isLengthNeeded) return { fault: lengthMissing() };
  if (minBytes !== 0 && !(Number(length.bytes) >= minBytes)) return { fault: tooSmall(minBytes) };

  const kept: HeaderField[] = [];
  for (const [name, value] of granted) {
    if (!isAsGranted(name, values.get(name), value)) return { fault: headerRefused(mustBeAsGranted(name, value)) };
    if (name === "expires" && !isHttpDate(value))
      return { fault: headerRefused("The header expires is not an HTTP date.") };
    kept.push([name, value]);
  }
  for (const name of STORED_HEADERS) {
    const value = values.get(name);
    if (value !== undefined && !granted.has(name) && isStorable(name, value)) kept.push([name, value]);
  }
  const fault = findSizeFault(kept);
  return fault === undefined ? { kept, values, declaredBytes: length.bytes } : { fault: headerRefused(fault) };
}

/** Longest granted value that a message repeats, in characters. */
const MAX_SHOWN_LENGTH = 300;

/** A part of a file: by `Content-Range`, as curl and others resume; and in the drafts of resumable uploads, as iOS does. */
const PART: ReadonlyMap<string, RegExp> = new Map([
  ["content-range", /^/],
  ["upload-offset", /^/],
  ["upload-complete", /^\s*\?0/],
  ["upload-incomplete", /^\s*\?1/],
]);

function findFieldFault(name: string, value: string, granted: ReadonlyMap<string, string>): string | undefined {
  if (name.startsWith("x-once-")) return `The header ${printable(name)} is reserved.`;
  // A CloudFront distribution in front adds x-amz-cf-id.
  if (/^(?:x-amz-(?!cf-)|if-)/.test(name) && !granted.has(name))
    return `The header ${printable(name)} was not granted with this URL.`;
  if (PART.get(name)?.test(value) === true)
    return `An upload must bring the whole file in one request, so it cannot have the header ${name}.`;
  if (name === "content-encoding" && /aws-chunked/i.test(value))
    return "An upload cannot be aws-chunked. Send the file as it is, without Content-Encoding: aws-chunked.";
  if (name === "content-type" && isEnvelope(value))
    return "The body must be the file alone, not a form or a multipart message around it. Send the file itself as the body, with its own Content-Type.";
  if (STORED_HEADERS.has(name) && value !== "" && !isPlainValue(value))
    return `The header ${name} must be printable ASCII with single spaces.`;
  return undefined;
}

/** An empty value is the same as none, and an `Expires` that is no date says nothing: neither is kept. */
function isStorable(name: string, value: string): boolean {
  return name === "expires" ? isHttpDate(value) : value !== "";
}

function isHttpDate(value: string): boolean {
  return /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isAsGranted(name: string, value: string | undefined, granted: string): boolean {
  return value === granted || (name === "content-type" && value !== undefined && isSameMediaType(value, granted));
}

/** The value may be repeated, since the client has it already: it stands in the URL. */
function mustBeAsGranted(name: string, granted: string): string {
  const shown = granted.length <= MAX_SHOWN_LENGTH ? granted : `${granted.slice(0, MAX_SHOWN_LENGTH)}...`;
  return `The header ${printable(name)} must be sent with the value that was granted: "${shown.replace(/[^ -~]/g, "?")}".`;
}

function findSizeFault(kept: readonly HeaderField[]): string | undefined {
  const isMetadata = ([name]: HeaderField) => name.startsWith(METADATA_PREFIX);
  if (byteLengthAbove(MAX_METADATA_BYTES, ...kept.filter(isMetadata).flat()))
    return `The metadata is longer than ${MAX_METADATA_BYTES} bytes.`;
  if (byteLengthAbove(MAX_STORED_BYTES, ...kept.filter((field) => !isMetadata(field)).flat()))
    return `The headers that describe the file are longer than ${MAX_STORED_BYTES} bytes together.`;
  return undefined;
}
