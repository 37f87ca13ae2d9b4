import {
  type FunctionEnvironment,
  type FunctionOptions,
  type Invocation,
  startEnvironment,
} from "./function-environment.ts";
import type { ViewerRequestEvent } from "./viewer-request-event.ts";

/** A function at the edge. */
export type EdgeFunction = {
  invoke(event: ViewerRequestEvent): Promise<Invocation>;
  close(): Promise<void>;
};

/**
 * Runs a built function bundle as Lambda does: in environments of its own, each handling one event at a time.
 *
 * Environments are started when needed, kept for the next event, and replaced after a crash or a timeout.
 *
 * @param options.concurrency  environments at most; further events wait, and their time does not run yet
 */
export function createEdgeFunction(options: FunctionOptions & { concurrency: number }): EdgeFunction {
  const environments = new Set<FunctionEnvironment>();
  const idle: FunctionEnvironment[] = [];
  const waiting: (() => void)[] = [];
  let taken = 0;
  let closed = false;

  async function invoke(event: ViewerRequestEvent): Promise<Invocation> {
    while (taken >= options.concurrency && !closed) await new Promise<void>((resume) => waiting.push(resume));
    if (closed) return STOPPING;
    taken += 1;
    try {
      const environment = takeIdle() ?? (await start());
      if ("failed" in environment) return { status: "failed", reason: environment.failed };
      const invocation = await environment.run(event);
      if (environment.isAlive()) idle.push(environment);
      else environments.delete(environment);
      return closed && invocation.status === "failed" ? STOPPING : invocation;
    } finally {
      taken -= 1;
      waiting.shift()?.();
    }
  }

  function takeIdle(): FunctionEnvironment | undefined {
    for (;;) {
      const environment = idle.pop();
      if (environment === undefined || environment.isAlive()) return environment;
      environments.delete(environment);
    }
  }

  async function start(): Promise<FunctionEnvironment | { failed: string }> {
    const started = await startEnvironment(options);
    if ("failed" in started) return started;
    environments.add(started);
    if (closed) await started.stop();
    return started;
  }

  return {
    invoke,
    async close() {
      closed = true;
      for (const resume of waiting.splice(0)) resume();
      await Promise.all([...environments].map((environment) => environment.stop()));
      environments.clear();
    },
  };
}

const STOPPING: Invocation = { status: "failed", reason: "the edge is stopping" };
