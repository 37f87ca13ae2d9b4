import type { HeaderField } from "../ports/header-field.ts";

/**
 * Whether a client asked for JSON by name. A wildcard does not count: curl and browsers send it, and the URL as text is
 * what pipes into the next command.
 *
 * @param headers  of the request, names in lower case
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function acceptsJson(headers: readonly HeaderField[]): boolean {
  return acceptsByName(headers, "application/json");
}

/** Whether a client asked for a media type by its name. @param type  in lower case, without parameters */
export function acceptsByName(headers: readonly HeaderField[], type: string): boolean {
  const ranges = headers.filter(([name]) => name === "accept").flatMap(([, value]) => value.split(","));
  return ranges.some((range) => {
    const isOfType = range.split(";", 1)[0]?.trim().toLowerCase() === type;
    return isOfType && !/;\s*q=0(?:\.0*)?\s*$/i.test(range);
  });
}
