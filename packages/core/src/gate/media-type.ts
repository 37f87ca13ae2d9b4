import { TOKEN_CHARACTERS } from "../ports/header-field.ts";

const TOKEN = `[${TOKEN_CHARACTERS}]+`;
/** Blanks stand in one place of each group, so that a match takes linear time. */
const MEDIA_TYPE = new RegExp(
  `^[ \\t]*(${TOKEN}/${TOKEN})((?:[ \\t]*;(?:[ \\t]*${TOKEN}=(?:${TOKEN}|"[^"\\\\]*"))?)*)[ \\t]*$`,
);
const PARAMETER = new RegExp(`(${TOKEN})=(?:"([^"\\\\]*)"|(${TOKEN}))`, "g");

/**
 * Whether two `Content-Type` values name the same media type: upper and lower case, blanks around `;`, quotes and the
 * order of parameters do not count. Clients rewrite all of these; Chromium sends `charset=UTF-8` for `charset=utf-8`.
 *
 * Values that are not media types are the same only when they are equal.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 */
export function isSameMediaType(a: string, b: string): boolean {
  return a === b || (MEDIA_TYPE.test(a) && normalForm(a) === normalForm(b));
}

/**
 * Whether a `Content-Type` says that the body is an envelope around the file, or a part of it, and not the file:
 * `multipart/form-data` and `multipart/byteranges`.
 */
export function isEnvelope(contentType: string): boolean {
  return /^\s*multipart\/(?:form-data|byteranges)\s*(?:;|$)/i.test(contentType);
}

function normalForm(text: string): string | undefined {
  const [, type, parameters = ""] = MEDIA_TYPE.exec(text) ?? [];
  if (type === undefined) return undefined;
  const pairs = Array.from(parameters.matchAll(PARAMETER), ([, name = "", quoted, plain = ""]) => {
    const key = name.toLowerCase();
    const value = quoted ?? plain;
    return JSON.stringify([key, key === "charset" ? value.toLowerCase() : value]); // RFC 9110: only charsets ignore case
  });
  return [type.toLowerCase(), ...pairs.sort()].join();
}
