import { startR2 } from "../servers/r2.ts";
import { describeRelayDownloads, runInProcess } from "./downloads-suite.ts";

describeRelayDownloads(
  "a relay on Node and R2",
  async () => ({ server: await startR2({ buckets: ["uploads"] }), bucket: "uploads" }),
  (store) => runInProcess("conditional", store),
);
