import { startR2 } from "../servers/r2.ts";
import { describeTickets } from "./tickets-suite.ts";

for (const strategy of ["conditional", "sealed"] as const)
  describeTickets(`R2 with ${strategy}`, async () => {
    const server = await startR2({ buckets: ["uploads"] });
    return { server, bucket: "uploads", options: { strategy }, stop: () => server.stop() };
  });
