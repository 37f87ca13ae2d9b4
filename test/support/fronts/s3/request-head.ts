import type { HeaderField } from "@presign-once/core";

/** A request without its body, as it came off the wire. */
export interface RequestHead {
  readonly method: string;
  /** Percent-encoded, as received. */
  readonly path: string;
  /** As received, without its `?`. */
  readonly query: string;
  /** Every field in the order received, names in lower case. */
  readonly fields: readonly HeaderField[];
}

/**
 * Reads the head of a request from what Node has of it.
 *
 * @param target      path and query
 * @param rawHeaders  name, value, name, value, ...
 */
export function readHead(method: string, target: string, rawHeaders: readonly string[]): RequestHead {
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  const fields: HeaderField[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    fields.push([(rawHeaders[i] ?? "").toLowerCase(), rawHeaders[i + 1] ?? ""]);
  return { method, path, query, fields };
}

/** The value of a header; of one that was sent several times, all of them, with commas between; `undefined`: not sent. */
export function valueOf({ fields }: RequestHead, name: string): string | undefined {
  const values = fields.filter(([field]) => field === name).map(([, value]) => value.trim());
  return values.length === 0 ? undefined : values.join(",");
}

/** The query's parameters, decoded, in the order received. */
export function parametersOf({ query }: RequestHead): URLSearchParams {
  return new URLSearchParams(query);
}

/** The bytes of the request line and of every header line. */
export function headBytes({ method, path, query, fields }: RequestHead): number {
  const line = `${method} ${path}${query === "" ? "" : `?${query}`} HTTP/1.1\r\n`;
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.byteLength([line, ...lines, "\r\n"].join(""), "latin1");
}
