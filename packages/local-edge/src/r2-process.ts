import { Miniflare, NoOpLog } from "miniflare";

import { describeError } from "./describe-error.ts";
import type { FunctionCredentials } from "./lambda-environment.ts";

/** What the process is to serve, as its one argument, in JSON. */
export type R2Task = { port: number; buckets: readonly string[]; credentials: FunctionCredentials; persistTo?: string };

/** What it tells the process that started it, once. */
export type R2Report = { status: "ready"; port: number } | { status: "failed"; reason: string };

const task = JSON.parse(process.argv[2] ?? "") as R2Task;
const report = (message: R2Report): void => void process.send?.(message);

try {
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: task.port,
    modules: true,
    script: "export default { fetch: () => new Response(null, { status: 404 }) }",
    r2Buckets: Object.fromEntries(
      task.buckets.map((id, index) => [`BUCKET_${index}`, { id, s3Credentials: task.credentials }]),
    ),
    ...(task.persistTo === undefined ? {} : { r2Persist: task.persistTo }),
    // Without this, miniflare asks workers.cloudflare.com what a request's `cf` object looks like.
    cf: false,
    telemetry: { enabled: false },
    log: new NoOpLog(),
  });
  // The channel closes when `stop` is called, and also when the starter dies without it. Miniflare is still removing its
  // temporary folder when `dispose` is done, so the process ends by itself, and is only in the end made to.
  process.once("disconnect", () => void miniflare.dispose().finally(() => setTimeout(process.exit, 5_000).unref()));
  report({ status: "ready", port: Number((await miniflare.ready).port) });
} catch (error) {
  report({ status: "failed", reason: describeError(error) });
  process.disconnect?.();
}
