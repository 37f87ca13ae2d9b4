import { startR2 } from "../servers/r2.ts";
import { describeUploadEvents } from "./upload-events-suite.ts";

describeUploadEvents(
  "R2",
  async () => {
    const server = await startR2({ buckets: ["uploads", "receipts"] });
    return { server, bucket: "uploads", stop: () => server.stop() };
  },
  { versioned: false, receiptsOf: async () => "receipts" },
);
