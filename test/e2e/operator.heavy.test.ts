import type { Strategy } from "@presign-once/adapter-s3/strategies";

import { startR2 } from "../servers/r2.ts";
import { describeOperator } from "./operator-suite.ts";

const strategies: Strategy[] = ["conditional", "sealed"];

for (const strategy of strategies)
  describeOperator(`R2 with the strategy ${strategy}`, async () => {
    const server = await startR2({ buckets: ["uploads"] });
    return { server, bucket: "uploads", options: { strategy }, stop: () => server.stop() };
  });
