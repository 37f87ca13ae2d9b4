import { once } from "node:events";
import { connect } from "node:net";

/**
 * Sends a request byte for byte as written, for what no HTTP client would send, and returns the first whole answer.
 *
 * @param url      whose host and port to connect to
 * @param request  request line, headers, an empty line and a body; `\n` is sent as CRLF
 */
export async function sendRaw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    socket.write(request.replaceAll("\n", "\r\n"));
    let answer = "";
    for await (const chunk of socket) {
      answer += String(chunk);
      if (isWhole(answer)) break; // the server may wait for the rest of a body that never comes
    }
    return answer;
  } finally {
    socket.destroy();
  }
}

function isWhole(answer: string): boolean {
  const [head = "", body] = answer.split(/\r\n\r\n(.*)/s);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return body !== undefined && length !== undefined && Buffer.byteLength(body) >= Number(length);
}
