import { startR2 } from "../servers/r2.ts";
import { describeDownloads, startDownloadEdge } from "./downloads-suite.ts";

for (const strategy of ["conditional", "sealed"] as const)
  describeDownloads(`R2 with ${strategy}`, async (tokens) => {
    const server = await startR2({ buckets: ["uploads"] });
    const place = { server, bucket: "uploads", options: { strategy }, stop: () => server.stop() };
    return startDownloadEdge(place, tokens);
  });
