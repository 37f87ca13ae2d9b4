import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import pg from "pg";

import { type Daemon, startDaemon } from "./daemon.ts";
import { installFromDebian } from "./debian-install.ts";
import { closedPort } from "./loopback.ts";

const run = promisify(execFile);
const RELEASES = "/usr/lib/postgresql";

/** A PostgreSQL of one node, with a database `test` that the user `app`, no superuser, owns. */
export interface PostgresServer {
  readonly port: number;
  /** Runs statements as the superuser. */
  admin(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends it as a crash does, and starts it again. */
  crash(): Promise<void>;
  /** Copies it as it is into a server of its own, which follows it until it is told to be a primary. */
  startStandby(): Promise<PostgresServer>;
  stop(): Promise<void>;
}

/** Installs Debian's PostgreSQL unless it is there. Announces and throws as `installFromDebian` does. */
export function installPostgres(announce: (line: string) => void): Promise<void> {
  const probe = ["sh", "-c", `ls ${RELEASES}/*/bin/postgres`];
  return installFromDebian({ packages: ["postgresql"], probe }, announce);
}

/**
 * Starts PostgreSQL on a free port of 127.0.0.1, with a folder of its own.
 *
 * @param settings  such as `{ fsync: "off" }`; default: those of the release
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const folder = await newFolder();
  await asPostgres("initdb", "-D", join(folder, "data"), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8");
  const server = await serve(folder, settings);
  await server.admin("CREATE ROLE app LOGIN");
  await server.admin("CREATE DATABASE test OWNER app");
  return server;
}

async function serve(folder: string, settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
  const port = await closedPort();
  const all = { listen_addresses: "127.0.0.1", port: `${port}`, unix_socket_directories: folder, ...settings };
  const options = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const program = join(await binaries(), "postgres");
  const user = process.getuid?.() === 0 ? { user: "postgres" } : {};

  async function admin(sql: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
    client.on("error", () => {}); // the statement reports it
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const start = (): Promise<Daemon> =>
    startDaemon(
      [program, "-D", join(folder, "data"), ...options],
      async () => (await admin("SELECT 1")).length === 1,
      user,
    );

  let daemon = await start();
  return {
    port,
    admin,
    async crash() {
      await daemon.end("SIGQUIT"); // without a checkpoint
      daemon = await start();
    },
    async startStandby() {
      const copy = await newFolder();
      const from = ["-h", "127.0.0.1", "-p", `${port}`, "-U", "postgres"];
      await asPostgres("pg_basebackup", ...from, "-D", join(copy, "data"), "-R", "-c", "fast", "--no-sync");
      return serve(copy, settings);
    },
    async stop() {
      await daemon.end("SIGQUIT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A folder that PostgreSQL may write to; it refuses to run as root. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  await mkdir(join(folder, "data"));
  await chmod(join(folder, "data"), 0o700);
  if (process.getuid?.() === 0) await run("chown", ["-R", "postgres:postgres", folder]);
  return folder;
}

async function asPostgres(program: string, ...args: string[]): Promise<void> {
  const file = join(await binaries(), program);
  if (process.getuid?.() !== 0) await run(file, args);
  else
    await run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", file, ...args], { cwd: tmpdir() });
}

async function binaries(): Promise<string> {
  const newest = (await readdir(RELEASES)).toSorted((a, b) => Number(a) - Number(b)).at(-1);
  return join(RELEASES, newest ?? "", "bin");
}
