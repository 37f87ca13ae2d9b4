import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { transform } from "esbuild";

import type { ColdReport, ColdTask, Memory } from "./cold-process.ts";

/**
 * How Node is told that it has 128 MB: the flags that Lambda's own images start it with, a tenth for the young generation
 * and the rest for the old one.
 *
 * @see https://gallery.ecr.aws/lambda/nodejs the image's `/var/runtime/bootstrap`
 */
export const LAMBDA_FLAGS = [
  "--expose-gc",
  "--max-http-header-size=81920",
  "--max-semi-space-size=6",
  "--max-old-space-size=116",
];

/** A fresh process that has imported a handler. */
export interface ColdProcess {
  /** CPU time of the import: reading, compiling and running the bundle. */
  readonly importCpuMs: number;
  handle(event: unknown): Promise<{ readonly cpuMs: number; readonly result: unknown }>;
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** Writes the program of a cold process as JavaScript, since to strip types costs CPU and memory in the process itself. */
export async function writeColdProgram(dir: string): Promise<string> {
  const source = await readFile(new URL("cold-process.ts", import.meta.url), "utf8");
  const program = join(dir, "cold-process.mjs");
  const { code } = await transform(source, { loader: "ts" });
  await writeFile(program, code);
  return program;
}

/**
 * Starts a {@link ColdProcess} on the Node that runs this.
 *
 * @param program      from {@link writeColdProgram}
 * @param dir          the handler's bundle
 * @param environment  all of its environment variables; a cache of compiled code is not among them
 */
export async function startCold(
  program: string,
  dir: string,
  environment: Readonly<Record<string, string>>,
): Promise<ColdProcess> {
  const child = fork(program, [dir], {
    execArgv: LAMBDA_FLAGS,
    env: environment,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const imported = await heard("imported");

  async function heard<Status extends ColdReport["status"]>(
    status: Status,
  ): Promise<Extract<ColdReport, { status: Status }>> {
    const ended = exited.then(([code]) => {
      throw new Error(`a cold process ended with ${String(code)}`);
    });
    const [report] = (await Promise.race([once(child, "message"), ended])) as [ColdReport];
    if (report.status !== status) throw new Error(`a cold process said ${report.status} instead of ${status}`);
    return report as Extract<ColdReport, { status: Status }>;
  }

  async function ask<Status extends ColdReport["status"]>(
    task: ColdTask,
    status: Status,
  ): Promise<Extract<ColdReport, { status: Status }>> {
    const answered = heard(status);
    child.send(task);
    return answered;
  }

  return {
    importCpuMs: imported.cpuMs,
    handle: async (event) => ask({ event }, "handled"),
    memory: async () => ask("memory", "memory"),
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
