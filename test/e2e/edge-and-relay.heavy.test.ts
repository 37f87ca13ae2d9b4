import { startR2 } from "../servers/r2.ts";
import { describeEdgeAndRelay } from "./edge-and-relay-suite.ts";

for (const strategy of ["conditional", "sealed"] as const)
  describeEdgeAndRelay(`R2 with ${strategy}`, async () => {
    const server = await startR2({ buckets: ["uploads"] });
    return { server, bucket: "uploads", options: { strategy }, stop: () => server.stop() };
  });
