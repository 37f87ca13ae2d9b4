import { startCloudFrontFront } from "../support/fronts/cloudfront/cloudfront-front.ts";
import { connectHttp2 } from "../support/fronts/cloudfront/send-http2.ts";

/** A client of the edge, on the other side of CloudFront. */
export interface Viewer {
  /**
   * Sends a request to a URL, by default one PUT of `hello`: to the edge by HTTP/2 over TLS, all on one connection; to any other
   * server, and with headers that HTTP/2 cannot carry, by HTTP/1.1.
   */
  send(url: string, request?: SentRequest): Promise<Answer>;
  stop(): Promise<void>;
}

/** What {@link Viewer.send} sends. */
export interface SentRequest {
  /** Default: PUT. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];
  /** Default: `hello` for a request without a method of its own, none for any other. */
  readonly body?: string | Uint8Array;
  /** Whether HTTP/2 has a `content-length` for the body; default yes. */
  readonly tellsLength?: boolean;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  /** `<Code>` of an S3-style error; empty when there is none. */
  readonly code: string;
}

/** Headers of one connection. @see https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2 */
const ONLY_HTTP1 = new Set(["connection", "http2-settings", "keep-alive", "proxy-connection", "te", "upgrade"]);

/** Starts the viewers' side of CloudFront in front of a local edge, and connects to it. */
export async function startViewer(baseUrl: string): Promise<Viewer> {
  const front = await startCloudFrontFront({ target: baseUrl, tls: true });
  const client = await connectHttp2(front.url, front.ca);
  return {
    async send(url, request = {}) {
      const { method = "PUT", headers = {}, body = request.method === undefined ? "hello" : undefined } = request;
      const fields = Object.fromEntries(Symbol.iterator in headers ? headers : Object.entries(headers));
      const bytes =
        body === undefined ? undefined : new Uint8Array(typeof body === "string" ? Buffer.from(body) : body);
      const { origin } = new URL(url);
      const isEdge = origin === baseUrl || origin === front.url;
      if (!isEdge || Object.keys(fields).some((name) => ONLY_HTTP1.has(name.toLowerCase()))) {
        const answer = await fetch(url, { method, headers: fields, body: bytes ?? null });
        return answerOf(answer.status, answer.headers, await answer.text());
      }
      const tellsLength = bytes !== undefined && request.tellsLength !== false;
      const length = tellsLength ? { "content-length": String(bytes.length) } : {};
      const sent = { headers: { ...length, ...fields }, ...(bytes === undefined ? {} : { body: bytes }) };
      const answer = await client.send(method, url.slice(origin.length), sent);
      const received = Object.entries(answer.headers).filter(([name]) => !name.startsWith(":"));
      const answered = new Headers(received.map(([name, value]): [string, string] => [name, String(value)]));
      return answerOf(answer.status, answered, answer.body.toString());
    },
    async stop() {
      client.close();
      await front.close();
    },
  };
}

function answerOf(status: number, headers: Headers, body: string): Answer {
  return { status, headers, body, code: /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? "" };
}
