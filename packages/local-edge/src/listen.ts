import type { Server } from "node:net";

import { LocalEdgeError } from "./local-edge-error.ts";

/**
 * Listens on 127.0.0.1 and nowhere else.
 *
 * @param port  0 for any free one
 * @param setting  what the user calls the port, for the error message
 * @returns  the port it became
 * @throws {LocalEdgeError} `PORT_TAKEN`, also for a port this user may not open
 */
export function listen(server: Server, port: number, setting: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const problem = cause.code === "EADDRINUSE" ? "is taken" : `cannot be opened (${cause.code ?? cause.message})`;
      const fix = `stop what uses it, or set ${setting} to another one (0: any free one)`;
      reject(new LocalEdgeError("PORT_TAKEN", `port ${port} on 127.0.0.1 ${problem}: ${fix}`, { cause }));
    };
    server.once("error", onError);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", onError);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
