import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

import type { FunctionCredentials } from "./lambda-environment.ts";
import { listen } from "./listen.ts";
import { LocalEdgeError } from "./local-edge-error.ts";
import type { R2Report, R2Task } from "./r2-process.ts";
import { siblingModule } from "./sibling-module.ts";

/** A running R2, reached like any S3 server. */
export type LocalR2 = {
  /** `http://127.0.0.1:<port>/cdn-cgi/local/r2/s3`; buckets are addressed by path. */
  endpoint: string;
  region: "auto";
  credentials: FunctionCredentials;
  stop(): Promise<void>;
};

const CREDENTIALS: FunctionCredentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" };

/**
 * Starts Cloudflare's R2, as miniflare embeds it, with its S3 API: signatures and conditional writes are the real ones.
 *
 * It runs in a process of its own, which ends with this one whatever happens. It has no versions, its buckets are fixed
 * when it starts, it listens on 127.0.0.1 only, prints nothing and sends nothing off the machine.
 *
 * @param options.port  0 is any free one; a taken one is an error
 * @param options.preferredPort  instead of `port`: this one, or any free one where it is taken; default: any free one
 * @param options.persistTo  folder for the objects; without it they are gone after `stop`
 * @throws {LocalEdgeError} `PORT_TAKEN`, `R2_FAILED`
 * @see https://developers.cloudflare.com/r2/api/s3/api/
 */
export async function startR2(options: {
  port?: number | undefined;
  preferredPort?: number | undefined;
  buckets: readonly string[];
  persistTo?: string;
}): Promise<LocalR2> {
  const { port: wanted, preferredPort = 0, ...others } = options;
  const port = wanted ?? ((await isFree(preferredPort)) ? preferredPort : 0);
  if (wanted !== undefined) await assertFree(wanted);
  const task: R2Task = { ...others, port, credentials: CREDENTIALS };
  // Detached: Ctrl-C in a terminal goes to the whole group, and R2 has to outlive the edge in front of it.
  const r2 = fork(fileURLToPath(siblingModule("r2-process", import.meta.url)), [JSON.stringify(task)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    detached: true,
  });
  const exited = once(r2, "exit");
  const report = await Promise.race([
    once(r2, "message").then(([message]) => message as R2Report),
    exited.then((): R2Report => ({ status: "failed", reason: "it ended by itself" })),
  ]);
  if (report.status === "failed") {
    await exited;
    const fix = "try again, or use another S3 server with --s3-endpoint";
    throw new LocalEdgeError("R2_FAILED", `the embedded R2 did not start (${report.reason}): ${fix}`);
  }
  return {
    endpoint: `http://127.0.0.1:${report.port}/cdn-cgi/local/r2/s3`,
    region: "auto",
    credentials: CREDENTIALS,
    async stop() {
      if (r2.connected) r2.disconnect();
      await exited;
    },
  };
}

/** Tries the port out first, since what miniflare says about a taken one names neither the setting nor the fix. */
async function assertFree(port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await listen(probe, port, "the port of R2");
  await new Promise((resolve) => probe.close(resolve));
}

function isFree(port: number): Promise<boolean> {
  return assertFree(port).then(
    () => true,
    () => false,
  );
}
