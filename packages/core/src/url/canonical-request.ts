import type { QueryParameter } from "../ports/presigner.ts";

/** The query parameter that carries the edge's own tag; never part of the canonical request. */
export const TAG_PARAMETER = "x-once-tag";

/**
 * Splits a query string into decoded parameters, in the order received.
 *
 * Nothing is guessed at: a broken or non-UTF-8 escape, an empty segment (`&&`) or an empty name (`=x`) makes the whole
 * query malformed. `+` is a plus sign, as in SigV4, not a space; a name without `=` has an empty value.
 *
 * @param query  the query string as received, without the leading `?`
 * @returns      the parameters, or `undefined` when the query is malformed
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2.1
 */
export function parseQuery(query: string): QueryParameter[] | undefined {
  if (query === "") return [];
  const parameters: QueryParameter[] = [];
  for (const segment of query.split("&")) {
    const equals = segment.indexOf("=");
    const name = percentDecode(equals < 0 ? segment : segment.slice(0, equals));
    const value = equals < 0 ? "" : percentDecode(segment.slice(equals + 1));
    if (name === undefined || name === "" || value === undefined) return undefined;
    parameters.push([name, value]);
  }
  return parameters;
}

/**
 * Serializes a query in canonical form: RFC 3986 escapes, sorted by name, then value. The tag is left out.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html "Canonical query string"
 */
export function canonicalQuery(parameters: readonly QueryParameter[]): string {
  const encoded: QueryParameter[] = [];
  for (const [name, value] of parameters)
    if (name !== TAG_PARAMETER) encoded.push([percentEncode(name), percentEncode(value)]);
  return encoded
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/**
 * The text that identifies a signed URL: every way to write one URL gives the same text, any other change another one.
 *
 * @param method  as received, in upper case
 * @param path    as received, still percent-encoded
 * @param query   canonical, from {@link canonicalQuery}
 */
export function canonicalRequest(method: string, path: string, query: string): string {
  return `${method}\n${path}\n${query}`;
}

/** Nothing to escape or to decode: most names and values of a signed URL. */
const UNRESERVED = /^[A-Za-z0-9._~-]*$/;

/** Escapes everything but the unreserved characters of RFC 3986. Throws `URIError` on a lone surrogate. */
export function percentEncode(text: string): string {
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Undoes {@link percentEncode}; `undefined` for a broken escape, or one that is no UTF-8. */
export function percentDecode(text: string): string | undefined {
  if (UNRESERVED.test(text)) return text;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined; // without an exception, which costs more than all the rest
  try {
    const decoded = decodeURIComponent(text);
    encodeURIComponent(decoded); // a lone surrogate that came unescaped has no canonical form
    return decoded;
  } catch {
    return undefined;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
