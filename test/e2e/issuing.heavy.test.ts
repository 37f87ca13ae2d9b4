import { startR2 } from "../servers/r2.ts";
import { describeIssuing } from "./issuing-suite.ts";

describeIssuing("R2", async () => {
  const server = await startR2({ buckets: ["uploads"] });
  return { server, bucket: "uploads", stop: () => server.stop() };
});
