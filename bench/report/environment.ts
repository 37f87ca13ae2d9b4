import { execFile } from "node:child_process";
import { arch, cpus, platform } from "node:os";
import { promisify } from "node:util";

/** Where and on what figures were measured. */
export interface Environment {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly platform: string;
}

/** Describes this machine and the code on it. */
export async function describeEnvironment(): Promise<Environment> {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: await describeCommit(),
    node: process.version,
    cpu: `${cpus().length} × ${first?.model ?? "unknown"}`,
    platform: `${platform()} ${arch()}`,
  };
}

async function describeCommit(): Promise<string> {
  const { stdout } = await promisify(execFile)("git", ["describe", "--always", "--dirty"]).catch(() => ({
    stdout: "unknown",
  }));
  return stdout.trim();
}
