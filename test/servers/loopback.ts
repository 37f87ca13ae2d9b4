import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Lets a server listen on 127.0.0.1.
 *
 * @param port  default 0: any free one
 * @returns     the port it got
 * @throws EADDRINUSE if the port is in use
 */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  return listening(server);
}

/** The port of a server that was told to listen, once it does. */
export async function listening(server: Server): Promise<number> {
  if (!server.listening) await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening TCP server has a port");
  return address.port;
}

/**
 * A port of 127.0.0.1 on which nothing listens: connections to it are refused, and a daemon may be given it.
 *
 * Nothing keeps another process from taking it; the kernel picks at random from some 28,000, so that is unlikely.
 *
 * @param port  the one to have; default 0: any
 * @throws EADDRINUSE when something listens on the given one
 */
export async function closedPort(port = 0): Promise<number> {
  const server = createServer();
  const closed = await listen(server, port);
  server.close();
  await once(server, "close");
  return closed;
}
