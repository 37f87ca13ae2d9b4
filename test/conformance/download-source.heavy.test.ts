import { afterAll, beforeAll, describe } from "vitest";

import type { S3Server } from "../servers/s3-server.ts";
import { startStrictR2 } from "../support/fronts/s3/strict-r2.ts";
import { bindSourceLaws } from "./source-harness.ts";

let r2: S3Server;
beforeAll(async () => {
  r2 = await startStrictR2({ buckets: ["uploads"] });
}, 60_000);
afterAll(() => r2?.stop());

describe("the S3 source on R2", () => bindSourceLaws(() => ({ access: r2, bucket: "uploads" })));
