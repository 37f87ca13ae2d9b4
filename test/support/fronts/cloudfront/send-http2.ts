import { once } from "node:events";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import { buffer } from "node:stream/consumers";

/** An answer, whole. */
export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A connection by HTTP/2, for as many requests as wanted at once. */
export interface Http2Client {
  /**
   * Sends one request.
   *
   * @param options.body  without a `content-length` unless a header tells it; default: none
   * @throws when there is no answer, or only a part of one
   */
  send(
    method: string,
    target: string,
    options?: {
      headers?: Readonly<Record<string, string | string[]>>;
      body?: Uint8Array | string;
    },
  ): Promise<Http2Answer>;
  close(): void;
}

/**
 * Connects by HTTP/2 over TLS.
 *
 * @param url  of the server
 * @param ca   the certificate to trust, PEM
 */
export async function connectHttp2(url: string, ca: string): Promise<Http2Client> {
  const session: ClientHttp2Session = connect(url, { ca });
  await once(session, "connect");
  session.on("error", () => {}); // the requests under way fail, and say so
  return {
    async send(method, target, { headers = {}, body } = {}) {
      const stream = session.request(
        { ...headers, ":method": method, ":path": target },
        { endStream: body === undefined },
      );
      if (body !== undefined) stream.end(body);
      const [head] = (await once(stream, "response")) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
      stream.on("error", () => {});
      return { status: head[":status"] ?? 0, headers: head, body: await buffer(stream) };
    },
    close: () => session.close(),
  };
}
