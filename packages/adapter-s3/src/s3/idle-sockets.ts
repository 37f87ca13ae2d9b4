import type { Agent } from "node:http";
import type { Socket } from "node:net";

/** A socket that idled longer than this, in milliseconds, may be dead without an event that says so. */
const MAX_IDLE_MS = 4_000;

/**
 * Watches the connections that an agent keeps.
 *
 * @returns closes those that idled too long; to be called before each request. A function that was frozen finds its
 *          kept-alive connections dead, and a write on a dead one is undecided
 */
export function watchIdleSockets(agent: Agent): () => void {
  const freeSince = new WeakMap<Socket, number>();
  agent.on("free", (socket: Socket) => void freeSince.set(socket, Date.now()));
  return () => {
    const now = Date.now();
    // They are the first of their list, where the agent passes over closed ones.
    for (const sockets of Object.values(agent.freeSockets))
      for (const socket of sockets ?? []) if (now - (freeSince.get(socket) ?? now) > MAX_IDLE_MS) socket.destroy();
  };
}
