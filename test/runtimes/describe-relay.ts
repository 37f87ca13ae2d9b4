import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LISTED_ORIGIN } from "../e2e/downloads-suite.ts";
import { describeRelayDownloads, type RelayPlatform, type RelayStore } from "../relay/downloads-suite.ts";
import type { RunningRelay } from "../relay/relay-place.ts";
import { bundleExample, runExample } from "../relay/run-example.ts";
import { runWorker } from "../relay/run-worker.ts";
import { startR2 } from "../servers/r2.ts";
import type { RelayEnv } from "./relay-downloads.ts";

const HERE = import.meta.dirname;

/**
 * Runs the suite of downloads against a relay in another runtime, in front of R2.
 *
 * @param platform  what it cannot do
 * @param command   what runs a file there, without it; default: workerd, as the example does
 */
export function describeRelayIn(
  runtime: string,
  platform: RelayPlatform,
  command?: readonly [command: string, ...args: string[]],
): void {
  describeRelayDownloads(
    `a relay in ${runtime}`,
    async () => ({ server: await startR2({ buckets: ["uploads"] }), bucket: "uploads" }),
    (store) =>
      command === undefined
        ? runWorker(envOf(store), { entry: join(HERE, "relay-downloads-worker.ts") })
        : runByCommand(store, command),
    platform,
  );
}

function envOf({ server, bucket, tokens }: RelayStore): RelayEnv {
  return {
    ...{ S3_ENDPOINT: server.endpoint, BUCKET: bucket, TOKENS: JSON.stringify(tokens), ORIGIN: LISTED_ORIGIN },
    ACCESS_KEY_ID: server.credentials.accessKeyId,
    SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    EDGE_SECRET: randomBytes(32).toString("base64url"),
  };
}

async function runByCommand(
  store: RelayStore,
  [command, ...args]: readonly [string, ...string[]],
): Promise<RunningRelay> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-runtime-"));
  const name = await bundleExample(HERE, "relay-downloads-server.ts", folder);
  const relay = await runExample(folder, name, envOf(store), args, { command, mayComplain: true });
  return {
    ...relay,
    async stop() {
      await relay.stop();
      await rm(folder, { recursive: true });
    },
  };
}
