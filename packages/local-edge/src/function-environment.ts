import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { EdgeLimits } from "./edge-limits.ts";
import type { FunctionReport, FunctionTask } from "./function-process.ts";
import { type FunctionIdentity, lambdaEnvironment } from "./lambda-environment.ts";
import { siblingModule } from "./sibling-module.ts";
import type { ViewerRequestEvent } from "./viewer-request-event.ts";

/** How one invocation ended. `result` is whatever the handler returned and is yet to be judged. */
export type Invocation =
  | { status: "returned"; result: unknown }
  | { status: "failed"; reason: string }
  | { status: "timed-out" };

/** One loaded copy of a function, in a process of its own; it handles one event at a time. */
export type FunctionEnvironment = {
  run(event: ViewerRequestEvent): Promise<Invocation>;
  /** False once the process has ended or was asked to end. */
  isAlive(): boolean;
  stop(): Promise<void>;
};

/** What an environment runs, and with what. */
export type FunctionOptions = {
  name: string;
  dir: string;
  identity: FunctionIdentity;
  limits: EdgeLimits;
  /** One line that the function printed, or one about the function. */
  onLog: (line: string) => void;
};

/**
 * Starts an environment and loads its function.
 *
 * An environment that runs out of time is killed. Bytes it has already handed to the network still arrive: an S3 write
 * may land after its viewer was told 503, as on AWS.
 *
 * @returns  the environment; or, if the function does not load, why
 */
export async function startEnvironment(options: FunctionOptions): Promise<FunctionEnvironment | { failed: string }> {
  const { name, dir, limits, onLog } = options;
  const child = fork(fileURLToPath(siblingModule("function-process", import.meta.url)), [dir, name], {
    cwd: dir,
    env: lambdaEnvironment(name, dir, options.identity),
    execArgv: [`--max-old-space-size=${limits.functionMemoryMb}`],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface({ input: stream }).on("line", onLog);

  let alive = true;
  let idle = true;
  let crash = "";
  const kill = (): void => {
    alive = false;
    child.kill("SIGKILL");
  };
  child.on("error", (error) => (crash ||= error.message));
  child.on("message", (report: FunctionReport) => {
    if (report.status === "crashed") crash = report.reason;
  });
  const ended = once(child, "exit").then(([code, signal]): string => {
    const reason = crash || `ended with ${signal ?? `code ${code}`}`;
    if (alive && idle) onLog(`edge function ${name} crashed: ${reason}`);
    alive = false;
    return reason;
  });

  const loaded = await next(child, ended, limits.initMs);
  if (loaded.status !== "ready") {
    kill();
    return { failed: loaded.status === "failed" ? loaded.reason : `did not load within ${limits.initMs} ms` };
  }

  return {
    isAlive: () => alive,
    async run(event) {
      const { requestId } = event.Records[0].cf.config;
      const task: FunctionTask = { event: JSON.stringify(event), requestId, deadline: Date.now() + limits.functionMs };
      idle = false;
      const report = next(child, ended, limits.functionMs);
      child.send(task, () => {});
      const invocation = await report;
      idle = true;
      if (invocation.status === "timed-out") kill();
      return invocation.status === "ready" ? { status: "failed", reason: "loaded twice" } : invocation;
    },
    async stop() {
      kill();
      await ended;
    },
  };
}

/** The next thing that happens to an environment: a report, its end, or `ms` without either. */
async function next(
  child: ChildProcess,
  ended: Promise<string>,
  ms: number,
): Promise<Invocation | { status: "ready" }> {
  const listening = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      new Promise<Invocation | { status: "ready" }>((resolve) => {
        const onMessage = (report: FunctionReport): void => {
          if (report.status === "returned")
            resolve({ status: "returned", result: JSON.parse(report.result) as unknown });
          else if (report.status !== "crashed") resolve(report);
        };
        child.on("message", onMessage);
        listening.signal.addEventListener("abort", () => child.off("message", onMessage));
      }),
      ended.then((reason): Invocation => ({ status: "failed", reason })),
      new Promise<Invocation>((resolve) => {
        timer = setTimeout(() => resolve({ status: "timed-out" }), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    listening.abort();
  }
}
