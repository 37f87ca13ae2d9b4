import type { Agent } from "node:http";

/** A socket that idled longer than this, in milliseconds, may be dead without anybody having noticed. */
export const MAX_IDLE_MS = 4_000;

/** Closes the connections that an agent keeps and nobody uses. */
export function dropIdleSockets(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
