import type { ViewerRequest } from "./cloudfront.ts";

/**
 * Whether a client asked for JSON by name. A wildcard does not count: curl and browsers send it, and the URL as text is
 * what pipes into the next command.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function acceptsJson({ headers }: ViewerRequest): boolean {
  const ranges = (headers["accept"] ?? []).flatMap(({ value }) => value.split(","));
  return ranges.some((range) => /^\s*application\/json\s*(?:;|$)/i.test(range) && !/;\s*q=0(?:\.0*)?\s*$/i.test(range));
}
