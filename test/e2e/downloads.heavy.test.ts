import { startR2 } from "../servers/r2.ts";
import { describeDownloads } from "./downloads-suite.ts";

for (const strategy of ["conditional", "sealed"] as const)
  describeDownloads(`R2 with ${strategy}`, async () => {
    const server = await startR2({ buckets: ["uploads"] });
    return { server, bucket: "uploads", options: { strategy }, stop: () => server.stop() };
  });
