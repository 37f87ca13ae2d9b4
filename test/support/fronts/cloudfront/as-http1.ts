/**
 * Writes the headers of a request by HTTP/2 as HTTP/1.1 has them: `:authority` becomes `Host`, cookies that came in several
 * fields become one, and a body of a length that is not told goes in chunks.
 *
 * @param rawHeaders  name, value, name, value, ...
 * @param hasBody     whether anything follows the headers
 * @returns           name, value, name, value, ...
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3
 */
export function asHttp1(rawHeaders: readonly string[], hasBody: boolean): string[] {
  const headers: string[] = [];
  const cookies: string[] = [];
  let host = "";
  let hasLength = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = rawHeaders.slice(i, i + 2);
    if (name === ":authority" || (name === "host" && host === "")) host = value;
    else if (name === "cookie") cookies.push(value);
    else if (!name.startsWith(":")) headers.push(name, value);
    if (name === "content-length") hasLength = true;
  }
  if (cookies.length > 0) headers.push("cookie", cookies.join("; "));
  if (hasBody && !hasLength) headers.push("transfer-encoding", "chunked");
  return ["host", host, ...headers];
}
