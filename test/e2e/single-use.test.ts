import { startR2 } from "../servers/r2.ts";
import { describeSingleUse } from "./single-use-suite.ts";

describeSingleUse("R2 with conditional writes", async () => {
  const server = await startR2({ buckets: ["uploads"] });
  return { server, bucket: "uploads", stop: () => server.stop() };
});

describeSingleUse("R2 with an index bucket of its own and If-None-Match signed in", async () => {
  const server = await startR2({ buckets: ["uploads", "index"] });
  const options = { config: { index: { bucket: "index" }, ifNoneMatch: true } };
  return { server, bucket: "uploads", options, stop: () => server.stop() };
});
