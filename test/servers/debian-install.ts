import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A program, and the packages of Debian that bring it. */
export interface DebianProgram {
  readonly packages: readonly string[];
  /** A command that succeeds where the program is there. */
  readonly probe: readonly string[];
}

/**
 * Installs what the Debian or Ubuntu release has, unless the program is there already.
 *
 * @param announce  gets one line before something is installed
 * @throws when it is missing and cannot be installed: not Debian or Ubuntu, not root, or apt-get failed
 */
export async function installFromDebian(
  { packages, probe }: DebianProgram,
  announce: (line: string) => void,
): Promise<void> {
  if (await succeeds(probe)) return;
  const names = packages.join(", ");
  if (!(await succeeds(["apt-get", "--version"])))
    throw new Error(`missing, and there is no apt-get to install it: ${names}`);
  if (process.getuid?.() !== 0) throw new Error(`missing, and only root may install it: ${names}`);

  announce(`installing ${names}: about a minute`);
  await aptGet("update");
  await aptGet("install", "--yes", "--no-install-recommends", ...packages);
}

async function succeeds([program = "", ...args]: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}

async function aptGet(...args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["--quiet", ...args], { env, maxBuffer: 64 * 1024 ** 2 });
}
