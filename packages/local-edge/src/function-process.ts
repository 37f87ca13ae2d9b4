import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { describeError } from "./describe-error.ts";

/** What the edge sends to a function environment: one event, as JSON. */
export type FunctionTask = { event: string; requestId: string; deadline: number };

/** What a function environment sends back; `result` is JSON, as it is between Lambda and CloudFront. */
export type FunctionReport =
  | { status: "ready" }
  | { status: "returned"; result: string }
  | { status: "failed"; reason: string }
  | { status: "crashed"; reason: string };

type Handler = (event: unknown, context: object) => unknown;

// The edge decides when an environment ends, also when a signal goes to the whole group; without the edge it has no use.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit());
process.on("uncaughtException", crash);

const [dir = "", name = ""] = process.argv.slice(2);

try {
  const handler = await loadHandler();
  process.on("message", (task: FunctionTask) => void handle(handler, task).then(report));
  report({ status: "ready" });
} catch (error) {
  crash(error);
}

async function loadHandler(): Promise<Handler> {
  const loaded = (await import(pathToFileURL(join(dir, "index.mjs")).href)) as { handler?: unknown };
  if (typeof loaded.handler !== "function") throw new Error("index.mjs does not export a function named handler");
  return loaded.handler as Handler;
}

async function handle(handler: Handler, task: FunctionTask): Promise<FunctionReport> {
  const context = {
    awsRequestId: task.requestId,
    functionName: name,
    functionVersion: "1",
    memoryLimitInMB: "128",
    getRemainingTimeInMillis: () => Math.max(0, task.deadline - Date.now()),
  };
  try {
    const result: unknown = await handler(JSON.parse(task.event), context);
    return { status: "returned", result: JSON.stringify(result) ?? "null" };
  } catch (error) {
    return { status: "failed", reason: describeError(error) };
  }
}

function report(message: FunctionReport): void {
  process.send?.(message);
}

function crash(error: unknown): void {
  process.send?.({ status: "crashed", reason: describeError(error) } satisfies FunctionReport, () => process.exit(1));
}
