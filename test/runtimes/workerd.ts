import { Miniflare, NoOpLog } from "miniflare";

import type { Runtime, RuntimeReport } from "./runtime.ts";

const WORKER = `
  import { run } from "./program.js";
  export default { fetch: async () => Response.json(await run()) };
`;

/** workerd, the runtime of Cloudflare Workers, without its Node compatibility. */
export const workerd: Runtime = {
  name: "workerd",
  userAgent: /^Cloudflare-Workers$/,
  async run(program) {
    const miniflare = new Miniflare({
      host: "127.0.0.1",
      port: 0,
      modules: [
        { type: "ESModule", path: "worker.js", contents: WORKER },
        { type: "ESModule", path: "program.js", contents: program },
      ],
      compatibilityDate: "2026-07-01",
      // Without this, miniflare asks workers.cloudflare.com what a request's `cf` object looks like.
      cf: false,
      telemetry: { enabled: false },
      log: new NoOpLog(),
    });
    try {
      const response = await miniflare.dispatchFetch("http://worker.invalid/");
      return (await response.json()) as RuntimeReport;
    } finally {
      await miniflare.dispose();
    }
  },
};
