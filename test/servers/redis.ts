import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "redis";

import { type Daemon, startDaemon } from "./daemon.ts";
import { installFromDebian } from "./debian-install.ts";
import { closedPort } from "./loopback.ts";

/** A Redis of one node. */
export interface RedisServer {
  readonly port: number;
  /** Runs one command, such as `["SAVE"]`. */
  command(...args: string[]): Promise<unknown>;
  /** Ends it as a crash does, and starts it again from what it had saved. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Installs Debian's Redis unless it is there. Announces and throws as `installFromDebian` does. */
export function installRedis(announce: (line: string) => void): Promise<void> {
  return installFromDebian({ packages: ["redis-server"], probe: ["redis-server", "--version"] }, announce);
}

/**
 * Starts Redis on a free port of 127.0.0.1, with a folder of its own. It saves when it is told to, and never by itself: the
 * least that a Redis may keep.
 */
export async function startRedis(): Promise<RedisServer> {
  const port = await closedPort();
  const folder = await mkdtemp(join(tmpdir(), "redis-"));
  const args = [
    "--bind",
    "127.0.0.1",
    "--port",
    `${port}`,
    "--dir",
    folder,
    "--save",
    "",
    "--repl-diskless-sync-delay",
    "0",
  ];

  async function command(...commandArgs: string[]): Promise<unknown> {
    const client = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: false } });
    client.on("error", () => {}); // the command reports it
    await client.connect();
    try {
      return await client.sendCommand(commandArgs);
    } finally {
      client.destroy();
    }
  }
  const start = (): Promise<Daemon> =>
    startDaemon(["redis-server", ...args], async () => (await command("PING")) === "PONG");

  let daemon = await start();
  return {
    port,
    command,
    async crash() {
      await daemon.end("SIGKILL");
      daemon = await start();
    },
    async stop() {
      await daemon.end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
