import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { build } from "esbuild";

import { closedPort } from "../servers/loopback.ts";
import type { S3Server } from "../servers/s3-server.ts";
import type { RunningRelay } from "./relay-place.ts";

/** A relay in a process of its own. */
export interface RunningExample extends RunningRelay {
  readonly pid: number;
}

/**
 * Runs a file of the README's in a process of its own, until it listens.
 *
 * @param env                  what it reads in addition to `PORT`
 * @param flags                of Node; default: those that find the sources of this workspace
 * @param options.command      what runs it; default: the Node that runs this
 * @param options.mayComplain  whether it may write to stderr, as Deno and Bun do of every body that breaks off; default: not
 */
export async function runExample(
  folder: string,
  name: string,
  env: Record<string, string>,
  flags: readonly string[] = ["--conditions=source"],
  { command = process.execPath, mayComplain = false } = {},
): Promise<RunningExample> {
  const port = await closedPort();
  const child = spawn(command, [...flags, join(folder, name)], {
    env: { ...env, PORT: String(port), PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log: string[] = [];
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => log.push(...String(chunk).split("\n").filter(Boolean)));
  child.stderr.on("data", (chunk: Buffer) => (errors += String(chunk)));
  const exited = once(child, "exit");
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${errors}`);
    await sleep(50);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    pid: child.pid ?? 0,
    async stop() {
      child.kill();
      await exited;
      if (errors !== "" && !mayComplain) throw new Error(`${name} wrote to stderr: ${errors}`);
    },
  };
}

/** What the README's `relay.ts` reads. */
export function processEnv(
  { endpoint, region, credentials }: S3Server,
  bucket: string,
  edgeSecret: string,
): Record<string, string> {
  return {
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    BUCKET: bucket,
    EDGE_SECRET: edgeSecret,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/**
 * Bundles a file of the README's as it would be deployed: one file of JavaScript.
 *
 * @param outFolder  default: next to it
 * @returns          its name
 */
export async function bundleExample(folder: string, name: string, outFolder = folder): Promise<string> {
  const bundled = name.replace(/\.ts$/, ".mjs");
  await build({
    entryPoints: [join(folder, name)],
    outfile: join(outFolder, bundled),
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    mainFields: ["module", "main"],
    banner: { js: 'import{createRequire as _r}from"node:module";const require=_r(import.meta.url);' },
  });
  return bundled;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
