import { once } from "node:events";
import { connect } from "node:net";

/** What a server said to bytes, as far as one answer goes. */
export interface RawAnswer {
  /** 0 when the connection ended, or nothing more was said, before there was a status line. */
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: string;
  /** `<Code>` of an S3-style error; empty when there is none. */
  readonly code: string;
  /** Whether it was this side that hung up, because nothing more was said. */
  readonly gaveUp: boolean;
}

/** How long a server may say nothing, in milliseconds: a request that is not whole leaves it waiting for more. */
const SILENCE_MS = 15_000;

/**
 * Sends bytes, on a connection of their own, and returns the answer to the last request in them.
 *
 * @param port       on 127.0.0.1
 * @param bytes      one request or several, malformed or not
 * @param silenceMs  longest wait for something to be said; default 15 s
 * @param methods    of the requests that are to be answered, in order; default: one that is no HEAD
 */
export async function sendBytes(
  port: number,
  bytes: Uint8Array,
  silenceMs = SILENCE_MS,
  methods: readonly string[] = [""],
): Promise<RawAnswer> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}); // a server may well reset what it does not like
  let gaveUp = false;
  socket.setTimeout(silenceMs, () => {
    gaveUp = true;
    socket.destroy();
  });
  const chunks: Buffer[] = [];
  const answers = () => readAnswers(Buffer.concat(chunks).toString("latin1"), methods);
  try {
    await once(socket, "connect");
    socket.write(bytes);
    for await (const chunk of socket) {
      chunks.push(chunk as Buffer);
      if (answers().length === methods.length) break; // the server may keep the connection
    }
  } catch {
    // What has arrived before the connection broke is the answer.
  } finally {
    socket.destroy();
  }
  const head = Buffer.concat(chunks).toString("latin1");
  return { ...(answers().at(-1) ?? { status: 0, head, body: "", code: "" }), gaveUp };
}

/** The whole answers in a text, in order; those without a body by method or status have none. */
function readAnswers(text: string, methods: readonly string[]): Omit<RawAnswer, "gaveUp">[] {
  const answers: Omit<RawAnswer, "gaveUp">[] = [];
  for (let rest = text; answers.length < methods.length;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return answers;
    const head = rest.slice(0, end);
    rest = rest.slice(end + 4);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
    if (status === 100) continue;
    const isEmpty = methods[answers.length] === "HEAD" || status === 204 || status === 304;
    const length = isEmpty ? 0 : bodyLength(head, rest);
    if (rest.length < length) return answers;
    const body = rest.slice(0, length);
    rest = rest.slice(length);
    answers.push({ status, head, body, code: /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? "" });
  }
  return answers;
}

/** How many of the characters that follow a head belong to its body, the framing of chunks included. */
function bodyLength(head: string, rest: string): number {
  if (!/^transfer-encoding: *chunked/im.test(head)) return Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const end = rest.startsWith("0\r\n\r\n") ? 0 : rest.indexOf("\r\n0\r\n\r\n") + 2;
  return rest.startsWith("0\r\n\r\n") || end > 1 ? end + 5 : Infinity;
}
