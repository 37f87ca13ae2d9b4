import { byteLengthAbove } from "../bytes/bytes.ts";
import { TOKEN_CHARACTERS } from "../ports/header-field.ts";
import { parseAmzDate } from "../url/amz-date.ts";
import {
  canonicalQuery,
  canonicalRequest,
  parseQuery,
  percentDecode,
  TAG_PARAMETER,
} from "../url/canonical-request.ts";
import { sha256Hex } from "../url/forms.ts";
import { MAX_EXPIRES_SECONDS } from "../url/url-life.ts";

/** A presigned URL, taken apart and found well-formed. Nothing in it is trusted before its tag was verified. */
export interface SignedUrl {
  readonly path: string;
  /** Of the object: the path, decoded. */
  readonly key: string;
  /** Canonical query, without the tag: what may be passed on to the origin. */
  readonly query: string;
  /** Canonical request: what the tag and the signature hash are made of. */
  readonly canonical: string;
  /** `x-once-tag`; empty when there is none. */
  readonly tag: string;
  /** `X-Amz-Date` */
  readonly date: string;
  readonly signedAt: Date;
  /** `X-Amz-Expires` */
  readonly expires: string;
  /** `X-Amz-SignedHeaders`, lower case. */
  readonly signedHeaders: readonly string[];
  /** `x-once-<name>` parameters by `<name>`: constraints and header values that the URL shows. */
  readonly shown: ReadonlyMap<string, string>;
}

/** Why a URL was not even looked at; a fixed text that repeats nothing of the URL. */
export interface MalformedUrl {
  readonly malformed: string;
}

const HEADER_NAME = new RegExp(`^[${TOKEN_CHARACTERS}]+$`);
/** Longest URL that CloudFront takes, in bytes; path and query here. */
export const MAX_URL_BYTES = 8_192;
/** Prefix of the parameters by which a URL shows the header values and constraints that are bound into it. */
export const SHOWN_PREFIX = "x-once-";
/** Shown name of the most bytes that an upload may bring: enforced by the edge alone, since no signature can bound a body. */
export const MAX_BYTES_PARAMETER = "max-bytes";
/** Shown name of the least bytes that an upload must bring, likewise. */
export const MIN_BYTES_PARAMETER = "min-bytes";

const REQUIRED = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Signature",
] as const;
const ALLOWED: ReadonlySet<string> = new Set([...REQUIRED, "X-Amz-Content-Sha256", "X-Amz-Security-Token"]);

/**
 * Takes a presigned URL apart, refusing whatever is not exactly of the form that SigV4 gives it.
 *
 * Nothing is guessed at: broken escapes, a repeated, missing or misspelt `X-Amz-*` parameter, another algorithm, an
 * expiry that is no number or over seven days, a date that does not parse, a signature that is not 64 lower-case hex
 * digits, and a URL over 8,192 bytes are malformed.
 *
 * @param method  as received
 * @param path    as received, percent-encoded, `/` first
 * @param query   as received, without `?`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function readSignedUrl(method: string, path: string, query: string): SignedUrl | MalformedUrl {
  if (byteLengthAbove(MAX_URL_BYTES - 1, path, query))
    return { malformed: `The URL is longer than ${MAX_URL_BYTES} bytes.` };
  const key = /^\/(?:[!-$&->@-~]|%[0-9A-Fa-f]{2})*$/.test(path) ? percentDecode(path.slice(1)) : undefined;
  if (key === undefined) return { malformed: "The path is not percent-encoded." };

  const parameters = parseQuery(query);
  if (parameters === undefined) return { malformed: "The query string is not percent-encoded." };

  const signing = new Map<string, string>();
  const shown = new Map<string, string>();
  let tag: string | undefined;
  for (const [name, value] of parameters) {
    const lowerCase = name.toLowerCase();
    if (lowerCase.startsWith("x-amz-")) {
      if (!ALLOWED.has(name)) return { malformed: "The query has an X-Amz- parameter that a presigned URL has not." };
      if (signing.has(name)) return { malformed: `The query has ${name} twice.` };
      signing.set(name, value);
    } else if (name === TAG_PARAMETER) {
      if (tag !== undefined) return { malformed: `The query has ${TAG_PARAMETER} twice.` };
      tag = value;
    } else if (lowerCase.startsWith(SHOWN_PREFIX)) {
      const shownName = name.slice(SHOWN_PREFIX.length);
      if (name !== lowerCase) return { malformed: `The query has an ${SHOWN_PREFIX} parameter in another case.` };
      if (shown.has(shownName)) return { malformed: `The query has an ${SHOWN_PREFIX} parameter twice.` };
      shown.set(shownName, value);
    }
  }
  for (const name of REQUIRED) if (!signing.has(name)) return { malformed: `The query has no ${name}.` };
  const read = readSigning(signing);
  if ("malformed" in read) return read;
  const canonical = canonicalQuery(parameters);
  return {
    ...read,
    path,
    key,
    query: canonical,
    canonical: canonicalRequest(method, path, canonical),
    tag: tag ?? "",
    shown,
  };
}

function readSigning(
  signing: ReadonlyMap<string, string>,
): Pick<SignedUrl, "date" | "signedAt" | "expires" | "signedHeaders"> | MalformedUrl {
  if (signing.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256")
    return { malformed: "X-Amz-Algorithm is not AWS4-HMAC-SHA256." };
  if (!sha256Hex.is(signing.get("X-Amz-Signature") ?? ""))
    return { malformed: "X-Amz-Signature is not 64 lower-case hex digits." };
  const expires = signing.get("X-Amz-Expires") ?? "";
  if (!/^[1-9][0-9]{0,5}$/.test(expires) || Number(expires) > MAX_EXPIRES_SECONDS)
    return { malformed: `X-Amz-Expires is not a number of seconds from 1 to ${MAX_EXPIRES_SECONDS}.` };
  const date = signing.get("X-Amz-Date") ?? "";
  const signedAt = parseAmzDate(date);
  if (signedAt === undefined) return { malformed: "X-Amz-Date is not a date of the form 20060102T150405Z." };
  const signedHeaders = (signing.get("X-Amz-SignedHeaders") ?? "").split(";");
  const sortedOnce = signedHeaders.every((name, i) => i === 0 || (signedHeaders[i - 1] ?? "") < name);
  if (
    !sortedOnce ||
    !signedHeaders.includes("host") ||
    !signedHeaders.every((name) => HEADER_NAME.test(name) && name === name.toLowerCase())
  )
    return { malformed: "X-Amz-SignedHeaders is not a sorted list of lower-case header names with host in it." };
  return { date, signedAt, expires, signedHeaders };
}
