import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** What connects a browser with an edge. */
export interface Cable {
  /** To be used as the browser's proxy; everything goes to the edge. */
  readonly url: string;
  /** Ends every connection, and every new one at once. */
  cut(): void;
  mend(): void;
  /** Ends, once, the connection that brings so many bytes from the edge first: in order, as a server does that stops. */
  endAfter(bytes: number): void;
}

/** Lays a cable to an edge, on a free port of 127.0.0.1. */
export async function startCable(baseUrl: string, whenDone: (undo: () => void) => void): Promise<Cable> {
  const open = new Set<Socket>();
  let isCut = false;
  let endAfter = Infinity;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(new URL(baseUrl).port), "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => (open.delete(socket), other.destroy()));
      if (socket === near) socket.pipe(other);
    }
    let brought = 0;
    far.on("data", (chunk) => {
      brought += chunk.length;
      if (brought >= endAfter) {
        endAfter = Infinity;
        far.pause();
        near.end(chunk);
      } else if (!near.write(chunk)) {
        far.pause();
        near.once("drain", () => far.resume());
      }
    });
    far.on("end", () => near.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    isCut = true;
    for (const socket of open) socket.resetAndDestroy();
  };
  whenDone(() => {
    cut();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => void (isCut = false),
    endAfter: (bytes) => void (endAfter = bytes),
  };
}
