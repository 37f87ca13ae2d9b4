import { fromBase64url, toBase64url } from "../bytes/base64.ts";
import { utf8 } from "../bytes/bytes.ts";
import { isTag } from "../url/edge-keys.ts";

/** What a token is good for. One of a kind is never taken for another: each has a label of its own under the tag. */
export type TokenKind = "ticket" | "pass";

/** A token taken apart; nothing in it is trusted before its tag was verified. */
export interface Token {
  /** What tag and hash are made of, wherever the token stands in a URL. */
  readonly canonical: string;
  readonly payload: string;
  /** `<key id>.<64 hex digits>` */
  readonly tag: string;
}

/** Longest token, in characters. */
export const MAX_TOKEN_LENGTH = 4_096;

/** A new form of the payload is a new label, so that no reader sees a payload of another form. */
const LABELS: Readonly<Record<TokenKind, string>> = { ticket: "presign-once/ticket/2", pass: "presign-once/pass/1" };
const TOKEN = /^([A-Za-z0-9_-]+)\.(.+)$/;

/** The text that identifies a token: what its tag and its hash are made of. */
export function tokenText(kind: TokenKind, payload: string): string {
  return `${LABELS[kind]}\n${payload}`;
}

/**
 * Takes a token apart.
 *
 * A token has one form: the tag covers the payload as it is written, and its own digits are lower-case hex.
 *
 * @returns `undefined` for anything that is not of the form, or longer than {@link MAX_TOKEN_LENGTH}
 */
export function splitToken(kind: TokenKind, text: string): Token | undefined {
  const [, payload, tag] = text.length <= MAX_TOKEN_LENGTH ? (TOKEN.exec(text) ?? []) : [];
  if (payload === undefined || tag === undefined || !isTag(tag)) return undefined;
  return { payload, tag, canonical: tokenText(kind, payload) };
}

/** Serializes fields as a payload: a JSON array without blanks, in base64url. Everything in it must be ASCII. */
export function encodePayload(fields: readonly unknown[]): string {
  return toBase64url(utf8(JSON.stringify(fields)));
}

/** @returns the fields; `undefined` for anything but an array of JSON */
export function decodePayload(payload: string): readonly unknown[] | undefined {
  try {
    const text = Array.from(fromBase64url(payload), (byte) => String.fromCharCode(byte)).join("");
    const fields: unknown = JSON.parse(text);
    return Array.isArray(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}
