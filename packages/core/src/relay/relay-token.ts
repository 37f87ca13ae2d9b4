import { fromBase64url, toBase64url } from "../bytes/base64.ts";
import { utf8 } from "../bytes/bytes.ts";
import { SAME_CLIENT } from "../gate/client-secret.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { canonicalRequest } from "../url/canonical-request.ts";
import { isTag } from "../url/edge-keys.ts";

/** What a relay URL was granted for: the payload of its token. */
export interface RelayGrant {
  /** Names the grant; no two have the same. */
  readonly id: string;
  /** Of the object. */
  readonly key: string;
  /** From then on the URL is refused; whole seconds. */
  readonly expiresAt: Date;
  /** Headers that the upload must carry with exactly these values. */
  readonly headers: readonly HeaderField[];
  /** Most bytes that the upload may bring; `undefined`: as many as the sink takes. */
  readonly maxBytes: number | undefined;
  /** Whether the client that was first may try again; `undefined`: it may not. */
  readonly retries?: typeof SAME_CLIENT | undefined;
}

/** A token taken apart; nothing in it is trusted before its tag was verified. */
export interface RelayToken {
  /** What tag and hash are made of. */
  readonly canonical: string;
  readonly payload: string;
  /** `<key id>.<64 hex digits>` */
  readonly tag: string;
}

/** Longest token, in characters. */
export const MAX_TOKEN_LENGTH = 4_096;

const VERSION = 1;
const TOKEN = /^([A-Za-z0-9_-]+)\.(.+)$/;

/** The text that identifies a relay URL: what its tag and its hash are made of, wherever the relay is mounted. */
export function relayCanonicalRequest(payload: string): string {
  return canonicalRequest("PUT", `/u/${payload}`, "");
}

/**
 * Takes a token apart.
 *
 * A token has one form: the tag covers the payload as it is written, and its own digits are lower-case hex.
 *
 * @returns `undefined` for anything that is not of the form, or longer than {@link MAX_TOKEN_LENGTH}
 */
export function splitRelayToken(token: string): RelayToken | undefined {
  const [, payload, tag] = token.length <= MAX_TOKEN_LENGTH ? (TOKEN.exec(token) ?? []) : [];
  if (payload === undefined || tag === undefined || !isTag(tag)) return undefined;
  return { payload, tag, canonical: relayCanonicalRequest(payload) };
}

/** Serializes a grant as a payload: JSON of fixed order without blanks, in base64url. Everything in it must be ASCII. */
export function encodeRelayGrant({ id, key, expiresAt, headers, maxBytes, retries }: RelayGrant): string {
  const exp = expiresAt.getTime() / 1000;
  return toBase64url(utf8(JSON.stringify({ v: VERSION, id, key, exp, headers, maxBytes, retries })));
}

/**
 * Reads a payload whose tag was verified.
 *
 * @returns `undefined` for one of another version, or that no issuer of this version makes
 */
export function decodeRelayGrant(payload: string): RelayGrant | undefined {
  const fields = parseAscii(fromBase64url(payload));
  if (typeof fields !== "object" || fields === null) return undefined;
  const { v, id, key, exp, headers, maxBytes, retries } = fields as Readonly<Record<string, unknown>>;
  const isOurs =
    v === VERSION &&
    typeof id === "string" &&
    typeof key === "string" &&
    typeof exp === "number" &&
    Number.isSafeInteger(exp) &&
    Array.isArray(headers) &&
    headers.every(isHeaderField) &&
    (maxBytes === undefined || (typeof maxBytes === "number" && Number.isSafeInteger(maxBytes) && maxBytes >= 0)) &&
    (retries === undefined || retries === SAME_CLIENT);
  return isOurs ? { id, key, expiresAt: new Date(exp * 1000), headers, maxBytes, retries } : undefined;
}

function parseAscii(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  } catch {
    return undefined;
  }
}

function isHeaderField(field: unknown): field is HeaderField {
  return Array.isArray(field) && field.length === 2 && field.every((part) => typeof part === "string");
}
