import { connect } from "node:net";

/** How long an edge may say nothing, in milliseconds: on a busy machine an answer takes its time. */
const QUIET_MS = 15_000;

/** Sends these bytes to an edge and returns what comes back: one whole response, or all until the edge closes or is quiet. */
export function rawRequest(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const finish = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(QUIET_MS, finish);
    socket.on("end", finish);
    socket.on("error", (error) => (answer === "" ? reject(error) : finish()));
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (isWhole(answer)) finish();
    });
  });
}

/**
 * Sends a request as it is written, for what no HTTP client would send, and returns the answer.
 *
 * @param url      of an edge on this machine
 * @param request  request line, headers, an empty line and a body; `\n` is sent as CRLF
 */
export function sendRaw(url: string, request: string): Promise<string> {
  return rawRequest(Number(new URL(url).port), request.replaceAll("\n", "\r\n"));
}

function isWhole(answer: string): boolean {
  const final = answer.replace(/^HTTP\/1\.1 1\d\d [^]*?\r\n\r\n/, "");
  const headEnd = final.indexOf("\r\n\r\n");
  const length = /^content-length: (\d+)\r$/im.exec(final.slice(0, headEnd + 1))?.[1];
  return headEnd >= 0 && length !== undefined && final.length - headEnd - 4 >= Number(length);
}
