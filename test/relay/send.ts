import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  /** That an earlier request of the same client has stored it. */
  readonly isAlreadyStored: boolean;
  readonly body: string;
  /** `<Code>` of an S3-style error; empty when there is none. */
  readonly code: string;
}

/** What to send, and when to give up. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In chunks, of a length that is not told unless a header tells it. */
  readonly body?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/**
 * Sends one request on a connection of its own, as fast as it is taken, and stops sending when the answer is there.
 *
 * @throws the connection's error, if it breaks before the answer
 */
export async function send(url: string, sent: Sent = {}): Promise<Answer> {
  const { method = "PUT", headers = {}, body = [], signal } = sent;
  const outgoing = request(url, { method, headers, agent: false, ...(signal && { signal }) });
  const response = once(outgoing, "response");
  let answered = false;
  const sending = (async () => {
    for await (const chunk of body) {
      if (answered) return;
      if (!outgoing.write(chunk)) await Promise.race([once(outgoing, "drain"), response]);
    }
    outgoing.end();
  })();
  sending.catch(() => {}); // a connection that breaks is the response's error too
  const [incoming] = (await response) as [IncomingMessage];
  answered = true;
  outgoing.on("error", () => {});
  const answer = await text(incoming);
  outgoing.destroy();
  return {
    status: incoming.statusCode ?? 0,
    etag: incoming.headers.etag,
    isAlreadyStored: incoming.headers["x-presign-once-already-stored"] === "true",
    body: answer,
    code: /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "",
  };
}
