import { execFile } from "node:child_process";

import { type Client, type Job, readSeen } from "./client.ts";

/** Longest that one job may take, in milliseconds; the slowest client retries after 1 and 2 s. */
const LIMIT_MS = 60_000;

/**
 * A client with one driver process per job.
 *
 * @param command  what runs the driver; the job's words follow: action, URL, then for `ask` `NAME=VALUE` for each
 *                 parameter, otherwise the file and `NAME:VALUE` for each header
 * @param options  the driver's folder, and the file to send
 */
export function commandClient(command: readonly string[], options: { folder: string; file: string }): Client {
  const [program = "", ...args] = command;
  return {
    run(job) {
      const all = [...args, job.action, job.url, ...wordsOf(job, options.file)];
      return new Promise((resolve) => {
        execFile(
          program,
          all,
          { cwd: options.folder, timeout: LIMIT_MS, env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } },
          (error, stdout, stderr) => {
            const seen = readSeen(stdout);
            const isSilent = seen.status === undefined && seen.error === undefined;
            const last = `${stdout}\n${stderr}`.trim().split("\n").at(-1) ?? "";
            resolve(isSilent ? { ...seen, error: error?.killed === true ? "no end within 60 s" : last } : seen);
          },
        );
      });
    },
    async stop() {},
  };
}

function wordsOf(job: Job, file: string): string[] {
  switch (job.action) {
    case "ask":
      return Object.entries(job.parameters).map(([name, value]) => `${name}=${value}`);
    case "form":
      return [file];
    case "upload":
    case "resume":
      return [file, ...Object.entries(job.headers).map(([name, value]) => `${name}:${value}`)];
    default:
      return job satisfies never;
  }
}
