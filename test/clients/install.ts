import { cp, mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { runCommand } from "../../scripts/run-command.ts";
import { installFromDebian } from "../servers/debian-install.ts";
import type { Source } from "./clients.ts";

/** Everything that is installed for the suite, outside the tree; kept for the next run. */
const cacheFolder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "presign-once-clients");

/** Copies the drivers to where Node finds the packages that they import; returns their folder. */
export async function installDrivers(): Promise<string> {
  const folder = join(cacheFolder, "drivers");
  await rm(folder, { recursive: true, force: true });
  await cp(join(import.meta.dirname, "drivers"), folder, { recursive: true });
  return folder;
}

/**
 * Installs a client by its registry's ordinary client, unless it is there already.
 *
 * @returns its version
 * @throws  with the reason, in one line, when it cannot be had
 */
export async function installClient(source: Source): Promise<string> {
  switch (source.kind) {
    case "node":
      return process.versions.node;
    case "npm": {
      const wanted = `${source.name}@${source.version}`;
      await mkdir(cacheFolder, { recursive: true });
      await succeed("npm", ["install", "--prefix", cacheFolder, "--save-exact", "--no-audit", "--no-fund", wanted]);
      return source.version;
    }
    case "pip": {
      const venv = join(cacheFolder, "venv");
      const isMade = await runCommand(join(venv, "bin/python"), ["--version"]);
      if (isMade.exitCode !== 0) await succeed("python3", ["-m", "venv", venv]);
      const wanted = `${source.name}==${source.version}`;
      await succeed(join(venv, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", wanted]);
      return source.version;
    }
    case "debian": {
      await installFromDebian(source, console.log);
      const [program = "", ...args] = source.probe;
      return /\d+(?:\.\d+)+/.exec(await succeed(program, args))?.[0] ?? "unknown version";
    }
    default:
      return source satisfies never;
  }
}

async function succeed(command: string, args: readonly string[]): Promise<string> {
  const { exitCode, output } = await runCommand(command, args);
  if (exitCode === 0) return output;
  throw new Error(output.trim().split("\n").at(-1) ?? `${command} failed`);
}
