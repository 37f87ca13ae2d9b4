import { afterAll, beforeAll, describe } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { bindLaws } from "./harness.ts";

const races = { rounds: 20, claimants: 32 };

let r2: S3Server;
beforeAll(async () => {
  r2 = await startR2({ buckets: ["index"] });
}, 60_000);
afterAll(() => r2.stop());

describe("conditional on R2, in a bucket of its own", () => {
  bindLaws("conditional", () => ({ access: r2, bucket: "index", prefix: "", ...races }));
});

describe("sealed on R2", () => {
  bindLaws("sealed", () => ({ access: r2, bucket: "index", prefix: "sealed/", ...races }));
});
