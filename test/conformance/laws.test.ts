import { afterAll, beforeAll, describe } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { bindLaws } from "./harness.ts";

// The strategy and the transport of a new stack; laws.heavy.test.ts has the others.
const races = { rounds: 3, claimants: 32 };

let r2: S3Server;
beforeAll(async () => {
  r2 = await startR2({ buckets: ["uploads"] });
}, 60_000);
afterAll(() => r2.stop());

describe("conditional on R2, in the bucket of the uploads", () => {
  bindLaws("conditional", () => ({ access: r2, bucket: "uploads", ...races }), ["lean"]);
});
