import { toBase64 } from "../bytes/base64.ts";
import { fromHex } from "../bytes/bytes.ts";
import { isAmong } from "../gate/caller-limits.ts";
import { SAME_CLIENT } from "../gate/client-secret.ts";
import { printable } from "../gate/header-fault.ts";
import { isEnvelope } from "../gate/media-type.ts";
import { METADATA_PREFIX } from "../gate/upload-headers.ts";
import type { CallerLimits } from "../ports/authorizer.ts";
import { type HeaderField, isPlainValue } from "../ports/header-field.ts";
import type { QueryParameter } from "../ports/presigner.ts";
import { FILENAME_METADATA } from "../url/added-metadata.ts";
import { parseQuery, percentEncode } from "../url/canonical-request.ts";
import { extension, mediaType, sha256Hex, wholeNumber } from "../url/forms.ts";

/** What a client asks of its grant, checked. */
export interface GrantRequest {
  readonly expiresInSeconds: number;
  /** Headers that the upload must carry with exactly these values. */
  readonly headers: readonly HeaderField[];
  /** Most bytes that the upload may bring. */
  readonly maxBytes: number;
  /** Least bytes that it must bring. */
  readonly minBytes?: number;
  /** What the object's name ends in. */
  readonly extension?: string | undefined;
  /** Lets the client that is first retry. */
  readonly retries?: typeof SAME_CLIENT;
}

/** How far a client may go; `minBytes`, `contentTypes`, `extension` and `metadata` only where its authorizer has set them. */
export interface GrantLimits extends Pick<CallerLimits, "minBytes" | "contentTypes" | "extension" | "metadata"> {
  /** Life of a URL where nothing is asked for, in seconds. */
  readonly expiresInSeconds: number;
  /** Longest life that may be asked for, in seconds. */
  readonly maxExpiresInSeconds: number;
  /** Most bytes that any upload may bring. */
  readonly maxBytes: number;
  /** Whether retries may be asked for; default false. */
  readonly retries?: boolean;
}

/** A parameter that is not of the form it must have; `fault` names it and the form, and repeats no value. */
export interface ParameterFault {
  readonly fault: string;
}

/** Longest file name, in bytes once percent-encoded; S3 takes 2 KB of metadata in all. */
const MAX_FILENAME_BYTES = 1_024;

/** One parameter of `/url`. */
interface Parameter {
  /** The form that it must have. */
  form(limits: GrantLimits): string;
  /** What it adds to the request; nothing where it is not of the form. */
  read(value: string, limits: GrantLimits): Partial<GrantRequest> | undefined;
}

/** Every parameter of `/url`. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  "expires-in": {
    form: ({ maxExpiresInSeconds }) => `a whole number of seconds from 1 to ${maxExpiresInSeconds}`,
    read(value, { maxExpiresInSeconds }) {
      const expiresInSeconds = numberBetween(value, 1, maxExpiresInSeconds);
      return expiresInSeconds === undefined ? undefined : { expiresInSeconds };
    },
  },
  "max-bytes": {
    form: (limits) => bytesUpTo(limits),
    read(value, limits) {
      const maxBytes = numberBetween(value, limits.minBytes ?? 0, limits.maxBytes);
      return maxBytes === undefined ? undefined : { maxBytes };
    },
  },
  "min-bytes": {
    form: (limits) => bytesUpTo(limits),
    read(value, limits) {
      const minBytes = numberBetween(value, limits.minBytes ?? 0, limits.maxBytes);
      return minBytes === undefined ? undefined : { minBytes };
    },
  },
  "content-length": {
    form: (limits) => bytesUpTo(limits),
    read: (value, limits) =>
      numberBetween(value, limits.minBytes ?? 0, limits.maxBytes) === undefined
        ? undefined
        : { headers: [["content-length", value]] },
  },
  "content-type": {
    form: ({ contentTypes }) => (contentTypes === undefined ? mediaType.words : `one of ${contentTypes.join(", ")}`),
    read(value, { contentTypes }) {
      const isOfFile = mediaType.is(value) && isPlainValue(value) && !isEnvelope(value);
      const isAllowed = isOfFile && (contentTypes === undefined || isAmong(value, contentTypes));
      return isAllowed ? { headers: [["content-type", value]] } : undefined;
    },
  },
  filename: {
    form: (limits) =>
      isNameFixed(limits)
        ? "nothing: your file name is fixed"
        : `1 to ${MAX_FILENAME_BYTES} bytes once percent-encoded, without control characters`,
    read(value, limits) {
      if (isNameFixed(limits)) return undefined;
      const encoded = percentEncode(value);
      const isName = encoded.length >= 1 && encoded.length <= MAX_FILENAME_BYTES && !/[\0-\x1f\x7f]/.test(value);
      // Percent-encoded, since a header carries no more than ASCII.
      return isName ? { headers: [[METADATA_PREFIX + FILENAME_METADATA, encoded]] } : undefined;
    },
  },
  extension: {
    form: (limits) => limits.extension ?? extension.words,
    read: (value, limits) =>
      extension.is(value) && value === (limits.extension ?? value) ? { extension: value } : undefined,
  },
  sha256: {
    form: () => "64 hex digits",
    read: (value) =>
      sha256Hex.is(value.toLowerCase())
        ? { headers: [["x-amz-checksum-sha256", toBase64(fromHex(value))]] }
        : undefined,
  },
  retries: {
    form: (limits) => (limits.retries === true ? SAME_CLIENT : "nothing: no retries are offered here"),
    read: (value, limits) => (limits.retries === true && value === SAME_CLIENT ? { retries: SAME_CLIENT } : undefined),
  },
};

/**
 * Reads what a client asks for from the query of `/url`.
 *
 * All or nothing: one parameter that is unknown, repeated or of the wrong form, and there is no grant.
 *
 * @param query   as received, without `?`
 * @param limits  of this deployment
 */
export function readGrantRequest(query: string, limits: GrantLimits): GrantRequest | ParameterFault {
  const parameters = parseForm(query);
  if (parameters === undefined) return { fault: "The query string is not percent-encoded." };
  let request: GrantRequest = {
    expiresInSeconds: Math.min(limits.expiresInSeconds, limits.maxExpiresInSeconds),
    headers: Object.entries(limits.metadata ?? {}).map(([name, value]) => [METADATA_PREFIX + name, value]),
    maxBytes: limits.maxBytes,
    ...(limits.minBytes === undefined ? {} : { minBytes: limits.minBytes }),
    ...(limits.extension === undefined ? {} : { extension: limits.extension }),
  };
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (parameter === undefined)
      return { fault: `Unknown parameter ${printable(name)}: expected ${offered(limits).join(", ")}.` };
    if (seen.has(name)) return { fault: `${name}: expected once, ${parameter.form(limits)}.` };
    seen.add(name);
    const asked = parameter.read(value, limits);
    if (asked === undefined) return { fault: `${name}: expected ${parameter.form(limits)}.` };
    request = { ...request, ...asked, headers: [...request.headers, ...(asked.headers ?? [])] };
  }
  return findContradiction(request) ?? withType(request, limits);
}

function isNameFixed({ metadata = {} }: GrantLimits): boolean {
  return Object.hasOwn(metadata, FILENAME_METADATA);
}

/** What parameters say against each other. */
function findContradiction({ headers, maxBytes, minBytes = 0 }: GrantRequest): ParameterFault | undefined {
  if (minBytes > maxBytes) return { fault: `min-bytes: expected max-bytes or less, ${bytesUpTo({ maxBytes })}.` };
  const length = Number(headers.find(([name]) => name === "content-length")?.[1] ?? minBytes);
  if (length > maxBytes) return { fault: `content-length: expected max-bytes or less, ${bytesUpTo({ maxBytes })}.` };
  if (length < minBytes) return { fault: `content-length: expected min-bytes or more, ${minBytes}.` };
  return undefined;
}

/** Where a caller may upload some types only, the request names one; of only one it need not. */
function withType(request: GrantRequest, { contentTypes }: GrantLimits): GrantRequest | ParameterFault {
  if (contentTypes === undefined || request.headers.some(([name]) => name === "content-type")) return request;
  const [only = "", ...others] = contentTypes;
  if (others.length > 0 || only.endsWith("/*"))
    return { fault: `content-type: missing, expected one of ${contentTypes.join(", ")}.` };
  return { ...request, headers: [...request.headers, ["content-type", only]] };
}

/** The limits of a deployment, and of one caller: of two the narrower one holds. */
export function narrow(limits: GrantLimits, caller: CallerLimits): GrantLimits {
  const { maxBytes = limits.maxBytes, expiresInSeconds = limits.maxExpiresInSeconds, ...others } = caller;
  return {
    ...{ ...limits, ...others },
    maxBytes: Math.min(limits.maxBytes, maxBytes),
    maxExpiresInSeconds: Math.min(limits.maxExpiresInSeconds, expiresInSeconds),
  };
}

/**
 * Splits a query as the URL standard does, where `+` is a blank and empty segments do not count; a broken escape is an
 * error. In the `type/subtype` of a media type, where no blank can be, `+` stays, so that `image/svg+xml` needs no escape.
 *
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function parseForm(query: string): readonly QueryParameter[] | undefined {
  const segments = query.split("&").filter((segment) => segment !== "");
  const withPlus = parseQuery(segments.join("&"));
  return parseQuery(segments.join("&").replaceAll("+", "%20"))?.map(([name, value], i) => {
    const type = name === "content-type" ? /^[^;]*/.exec(withPlus?.[i]?.[1] ?? "")?.[0] : undefined;
    return [name, type === undefined ? value : withoutTrailingPlus(type) + value.slice(type.length)];
  });
}

function withoutTrailingPlus(text: string): string {
  let end = text.length;
  while (text[end - 1] === "+") end--; // `/\++$/` takes quadratic time
  return text.slice(0, end);
}

/** Names of the parameters that may be asked for here. */
function offered(limits: GrantLimits): string[] {
  return Object.keys(PARAMETERS).filter((name) => name !== "retries" || limits.retries === true);
}

function bytesUpTo({ minBytes = 0, maxBytes }: Pick<GrantLimits, "minBytes" | "maxBytes">): string {
  return `a whole number of bytes from ${minBytes} to ${maxBytes}`;
}

/** A whole number in a range; `undefined` for anything else. */
export function numberBetween(text: string, least: number, most: number): number | undefined {
  const number = wholeNumber.is(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
