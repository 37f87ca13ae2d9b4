import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { onTestFinished } from "vitest";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

/** A running command: what it printed so far, and how it ends. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<number | null>;
  /** Waits until this has been printed to stdout. */
  printed(text: string): Promise<void>;
  /** Paths of all that is in its temporary folder. */
  leftovers(): Promise<string[]>;
}

/** Starts the command with no AWS variables but the ones given, and with a temporary folder of its own. */
export async function startCli(args: readonly string[], env: Record<string, string> = {}): Promise<RunningCli> {
  const TMPDIR = await mkdtemp(join(tmpdir(), "presign-once-cli-"));
  const child = spawn(process.execPath, ["--conditions=source", CLI, ...args], {
    env: { PATH: process.env["PATH"], TMPDIR, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(TMPDIR, { recursive: true, force: true });
  });
  return {
    child,
    output,
    ended,
    async printed(text) {
      const deadline = Date.now() + 30_000;
      while (!output.stdout.includes(text)) {
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`not printed: ${text}\n${output.stdout}${output.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    leftovers: () => readdir(TMPDIR, { recursive: true }),
  };
}
