import { startR2 } from "../servers/r2.ts";
import { describeRaces } from "./races-suite.ts";

describeRaces("R2 with conditional writes", 8, async () => {
  const server = await startR2({ buckets: ["uploads"] });
  return { server, bucket: "uploads", stop: () => server.stop() };
});
