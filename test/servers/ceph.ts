import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { CephPlace } from "./ceph-config.ts";
import type { SupervisorMessage } from "./ceph-supervisor.ts";
import { closedPort } from "./loopback.ts";
import { exampleCredentials, type S3Server } from "./s3-server.ts";

/**
 * Starts a Ceph of one node with the S3 API of its RADOS Gateway, everything on 127.0.0.1 and in memory.
 *
 * Several can run side by side. However this process ends, the daemons end and the data goes with it: they belong to a
 * supervisor that watches over this process. See `ceph-supervisor.ts`.
 *
 * @param options.parent  existing directory below which data and logs get one of their own; default: that for
 *                        temporary files
 * @param options.port    of the S3 API; default: any free one
 * @throws when the port is taken, or a daemon does not start: with the last lines of each log. Ceph must be there:
 *         see `installCeph`
 * @see https://docs.ceph.com/en/pacific/radosgw/s3/
 */
export async function startCeph(options: { parent?: string; port?: number } = {}): Promise<S3Server> {
  const place: CephPlace = {
    s3Port: await closedPort(options.port),
    monitorPort: await closedPort(),
    clusterId: randomUUID(),
    directory: await mkdtemp(join(options.parent ?? tmpdir(), "ceph-")),
  };
  // Detached, so that the Ctrl-C that ends us does not end it before it has tidied up.
  const supervisor = fork(fileURLToPath(new URL("ceph-supervisor.ts", import.meta.url)), [JSON.stringify(place)], {
    detached: true,
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const message = await firstMessage(supervisor);
  supervisor.unref();
  supervisor.channel?.unref();

  const stop = async () => {
    if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
    supervisor.ref();
    const exit = once(supervisor, "exit");
    if (supervisor.connected) supervisor.disconnect();
    await exit;
  };
  if (message.status === "failed") {
    await stop();
    throw new Error(`Ceph did not start: ${message.reason}`);
  }
  return {
    endpoint: `http://127.0.0.1:${place.s3Port}`,
    region: "us-east-1",
    credentials: exampleCredentials,
    forcePathStyle: true,
    stop,
  };
}

async function firstMessage(supervisor: ChildProcess): Promise<SupervisorMessage> {
  return new Promise((resolve, reject) => {
    supervisor.once("message", resolve);
    supervisor.once("exit", (code) => reject(new Error(`the supervisor of Ceph ended with exit status ${code}`)));
  });
}
