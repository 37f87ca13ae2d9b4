import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { build } from "esbuild";

import { closedPort } from "../servers/loopback.ts";
import type { S3Server } from "../servers/s3-server.ts";
import type { RunningRelay } from "./relay-place.ts";

/** The bearer token of the one person whom the examples know. */
export const UPLOAD_TOKEN = randomBytes(32).toString("base64url");
/** What identifies that person to an example. */
const TOKEN_SHA256 = createHash("sha256").update(UPLOAD_TOKEN).digest("hex");

/** A relay in a process of its own. */
export interface RunningExample extends RunningRelay {
  readonly pid: number;
}

interface ExampleOptions {
  readonly args?: readonly string[];
  readonly command?: string;
  readonly mayComplain?: boolean;
}

/**
 * Runs a server in a process of its own, until it listens.
 *
 * @param name                 of its file in the folder
 * @param env                  what it reads in addition to `PORT`
 * @param flags                of Node; default: those that find the sources of this workspace
 * @param options.args         for the server; default: none
 * @param options.command      what runs it; default: the Node that runs this
 * @param options.mayComplain  whether it may write to stderr, as Deno and Bun do of every body that breaks off; default: not
 */
export async function runExample(
  folder: string,
  name: string,
  env: Record<string, string>,
  flags: readonly string[] = ["--conditions=source"],
  { args = [], command = process.execPath, mayComplain = false }: ExampleOptions = {},
): Promise<RunningExample> {
  const port = await closedPort();
  const child = spawn(command, [...flags, join(folder, name), ...args], {
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

/** What the examples for Node read. */
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
    TOKEN_SHA256,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/** What the example for Cloudflare Workers reads. */
export function workerEnv(
  { endpoint, credentials }: S3Server,
  bucket: string,
  edgeSecret: string,
): Record<string, string> {
  return {
    ...{ S3_ENDPOINT: endpoint, BUCKET: bucket, EDGE_SECRET: edgeSecret, TOKEN_SHA256 },
    ACCESS_KEY_ID: credentials.accessKeyId,
    SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/**
 * Bundles a server as it would be deployed: one file of JavaScript.
 *
 * @returns  the name of the bundle in `outFolder`
 */
export async function bundleExample(folder: string, name: string, outFolder: string): Promise<string> {
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
