import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";

/** What came back, whole. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends one request on a connection of its own: no retries, no redirects, no cache, nothing added but the Host and the
 * length of the body.
 *
 * @param options.signal  gives up and breaks the connection
 * @throws the connection's error (`code`: `ECONNRESET`, `ECONNREFUSED`, `HPE_...`), also when the answer ends too early
 */
export async function exchange(
  method: string,
  url: string,
  options: { body?: string | Buffer; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<PlainAnswer> {
  const { body, headers = {}, signal } = options;
  const outgoing = request(url, { method, headers, agent: false, ...(signal && { signal }) }).end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  outgoing.on("error", () => {}); // from here on the body reports it too, and that is awaited
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await buffer(incoming) };
}
