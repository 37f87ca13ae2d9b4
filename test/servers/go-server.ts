import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { startDaemon } from "./daemon.ts";
import { closedPort } from "./loopback.ts";
import { exampleCredentials, type S3Server } from "./s3-server.ts";

const run = promisify(execFile);

/** An S3 server that `go install` builds. */
export interface GoServer {
  /** Of the program in the folder of what was built. */
  readonly program: string;
  readonly module: string;
  readonly version: string;
  /** How it is started: it listens on the port of 127.0.0.1 and stores below the folder, in folders that are made here. */
  readonly folders: readonly string[];
  args(place: { readonly port: number; readonly folder: string }): readonly string[];
  readonly env: (credentials: S3Server["credentials"]) => Readonly<Record<string, string>>;
}

/** Folder of the programs of one version, outside of this tree; `XDG_CACHE_HOME` moves it. */
function cacheOf({ program, version }: GoServer): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "presign-once", "servers", `${program}-${version}`);
}

/**
 * Builds a server from the Go module proxy, unless that was done before.
 *
 * @param announce  gets one line before it is built
 * @throws where there is no `go`, or it fails: with what it wrote
 */
export async function installGoServer(server: GoServer, announce: (line: string) => void): Promise<void> {
  const folder = cacheOf(server);
  if (await exists(join(folder, server.program))) return;
  announce(`building ${server.module}@${server.version} by go install: minutes`);
  await mkdir(folder, { recursive: true });
  await run("go", ["install", `${server.module}@${server.version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: "-buildvcs=false" },
    maxBuffer: 64 * 1024 ** 2,
  });
}

/**
 * Starts a server on a port of 127.0.0.1, with a new folder for what it stores. It ends with this process.
 *
 * @param options.port  default: any free one
 */
export async function startGoServer(server: GoServer, options: { readonly port?: number } = {}): Promise<S3Server> {
  const port = await closedPort(options.port);
  const folder = await mkdtemp(join(tmpdir(), `${server.program}-`));
  for (const name of server.folders) await mkdir(join(folder, name));
  const endpoint = `http://127.0.0.1:${port}`;
  const variables = Object.entries({ HOME: folder, ...server.env(exampleCredentials) });
  const daemon = await startDaemon(
    [
      "env",
      ...variables.map(([name, value]) => `${name}=${value}`),
      join(cacheOf(server), server.program),
      ...server.args({ port, folder }),
    ],
    async () => (await fetch(endpoint)).status === 403, // to a request without a signature
  );
  return {
    endpoint,
    region: "us-east-1",
    credentials: exampleCredentials,
    forcePathStyle: true,
    async stop() {
      await daemon.end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
