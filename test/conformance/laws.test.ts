import { afterAll, beforeAll, describe } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { bindLaws } from "./harness.ts";

// Through the transport of the edge functions; laws.heavy.test.ts has both.
const races = { rounds: 3, claimants: 32 };

let r2: S3Server;
beforeAll(async () => {
  r2 = await startR2({ buckets: ["uploads", "index"] });
}, 60_000);
afterAll(() => r2.stop());

describe("conditional on R2, in the bucket of the uploads", () => {
  bindLaws("conditional", () => ({ access: r2, bucket: "uploads", ...races }), ["lean"]);
});

describe("sealed on R2", () => {
  bindLaws("sealed", () => ({ access: r2, bucket: "index", prefix: "sealed/", ...races }), ["lean"]);
});
