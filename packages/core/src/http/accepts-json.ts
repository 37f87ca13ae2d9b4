import type { HeaderField } from "../ports/header-field.ts";

/**
 * Whether a client asked for JSON by name. A wildcard does not count: curl and browsers send it, and the URL as text is
 * what pipes into the next command.
 *
 * @param headers  of the request, names in lower case
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function acceptsJson(headers: readonly HeaderField[]): boolean {
  const ranges = headers.filter(([name]) => name === "accept").flatMap(([, value]) => value.split(","));
  return ranges.some((range) => /^\s*application\/json\s*(?:;|$)/i.test(range) && !/;\s*q=0(?:\.0*)?\s*$/i.test(range));
}
