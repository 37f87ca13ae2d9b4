import { connect } from "node:net";

/** Sends these bytes to an edge and returns what comes back: one whole response, or all until the edge closes or is quiet. */
export function rawRequest(port: number, bytes: string | Buffer, quietMs = 2_000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const finish = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(quietMs, finish);
    socket.on("end", finish);
    socket.on("error", (error) => (answer === "" ? reject(error) : finish()));
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (isWhole(answer)) finish();
    });
  });
}

function isWhole(answer: string): boolean {
  const final = answer.replace(/^HTTP\/1\.1 1\d\d [^]*?\r\n\r\n/, "");
  const headEnd = final.indexOf("\r\n\r\n");
  const length = /^content-length: (\d+)\r$/im.exec(final.slice(0, headEnd + 1))?.[1];
  return headEnd >= 0 && length !== undefined && final.length - headEnd - 4 >= Number(length);
}
