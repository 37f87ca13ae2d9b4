import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect as connectTls, type TLSSocket } from "node:tls";

import {
  bodyHeaders,
  connectionError,
  type ExchangeOptions,
  type HttpAnswer,
  type HttpRequest,
  joined,
  NO_HTTP2,
  readBody,
  SILENT,
  splitUrl,
} from "./http-message.ts";

/** Sends one request over HTTP/2, on a connection of its own. HTTP/2 goes over TLS only here, as it does to CloudFront. */
export async function exchangeOverHttp2(
  request: HttpRequest,
  options: ExchangeOptions,
): Promise<Omit<HttpAnswer, "ms">> {
  const { origin, target } = splitUrl(request.url);
  const socket = await connectWithHttp2(origin, options);
  const session = connectHttp2(origin, { createConnection: () => socket });
  session.on("error", () => {}); // the stream reports it too
  try {
    const stream = session.request(
      {
        ":method": request.method,
        ":path": target,
        ...bodyHeaders(request),
        ...Object.fromEntries(request.headers ?? []),
      },
      { endStream: request.body === undefined },
    );
    stream.setTimeout(options.idleTimeoutMs, () => stream.destroy(connectionError(SILENT)));
    const answered = once(stream, "response") as Promise<[IncomingHttpHeaders]>;
    stream.on("error", () => {});
    for await (const piece of request.body?.pieces() ?? []) stream.write(piece);
    stream.end();
    const [headers] = await answered;
    return { status: Number(headers[":status"]), headers: joined(headers), body: await readBody(stream) };
  } finally {
    session.destroy();
  }
}

async function connectWithHttp2(origin: string, { ca, idleTimeoutMs }: ExchangeOptions): Promise<TLSSocket> {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol !== "https:") throw connectionError(NO_HTTP2);
  const socket = connectTls({
    host: hostname,
    port: Number(port) || 443,
    ALPNProtocols: ["h2", "http/1.1"],
    ...(/^[\d.:[\]]+$/.test(hostname) ? {} : { servername: hostname }),
    ...(ca === undefined ? {} : { ca }),
  });
  socket.setTimeout(idleTimeoutMs, () => socket.destroy(connectionError(SILENT)));
  await once(socket, "secureConnect");
  if (socket.alpnProtocol === "h2") return socket;
  socket.destroy();
  throw connectionError(NO_HTTP2);
}
