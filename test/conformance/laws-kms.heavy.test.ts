import { createLeanIndexS3 } from "@presign-once/adapter-s3";
import { strategies, type Strategy } from "@presign-once/adapter-s3/strategies";
import { hashCanonicalRequest, randomIds } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { type StrictS3, startStrictS3 } from "../support/fronts/s3/strict-s3.ts";
import { bindLaws } from "./harness.ts";

const races = { rounds: 20, claimants: 32 };

let r2: S3Server;
let front: StrictS3;
beforeAll(async () => {
  r2 = await startR2({ buckets: ["index"] });
  front = await startStrictS3({ store: r2, kmsEtags: true });
}, 60_000);
afterAll(async () => {
  await front?.stop();
  await r2?.stop();
});

// Every strategy that R2 has what it takes for: not versions, and no If-Match without quotes.
describe.each<Strategy>(["conditional", "sealed"])(
  "%s on R2, with ETags that are no MD5, as under SSE-KMS",
  (strategy) => bindLaws(strategy, () => ({ access: front, bucket: "index", prefix: `${strategy}/`, ...races })),
);

describe("the requests that a URL costs with ETags that are no MD5", () => {
  /** A process with an index of its own, and a way to count what it asks of S3. */
  function startProcess(strategy: Strategy) {
    const s3 = createLeanIndexS3(front);
    const index = strategies[strategy].create({ s3, bucket: "index", prefix: `${strategy}-counted/` });
    return async (call: (of: typeof index) => Promise<{ status: string }>) => {
      const before = front.requests.length;
      const { status } = await call(index);
      return [status, ...front.requests.slice(before).map((request) => `${request.method} ${request.status}`)];
    };
  }

  const expiresAt = new Date(Date.now() + 60_000);
  const [us, them] = [randomIds.claimant(), randomIds.claimant()];

  test.each<
    [Strategy, registered: string[], coldClaim: string[], warmClaim: string[], coldLoss: string[], warmLoss: string[]]
  >([
    [
      "conditional",
      ["PUT 200"],
      ["PUT 412", "GET 200", "PUT 200"],
      ["GET 200", "PUT 200"],
      ["PUT 412", "GET 200"],
      ["GET 200"],
    ],
    ["sealed", [], ["PUT 200"], ["PUT 200"], ["PUT 412", "GET 200"], ["PUT 412", "GET 200"]],
  ])("%s", async (strategy, registered, coldClaim, warmClaim, coldLoss, warmLoss) => {
    const [first, second] = await Promise.all(["first", "second"].map((name) => hashCanonicalRequest(strategy + name)));
    const issue = startProcess(strategy);
    const verify = startProcess(strategy);
    const other = startProcess(strategy);
    expect(await issue((index) => index.register(first!, { expiresAt }))).toEqual(["registered", ...registered]);
    expect(await issue((index) => index.register(second!, { expiresAt }))).toEqual(["registered", ...registered]);
    expect(await verify((index) => index.claim(first!, us))).toEqual(["claimed", ...coldClaim]);
    expect(await verify((index) => index.claim(second!, us))).toEqual(["claimed", ...warmClaim]);
    expect(await other((index) => index.claim(first!, them))).toEqual(["already-claimed", ...coldLoss]);
    expect(await verify((index) => index.claim(first!, them))).toEqual(["already-claimed", ...warmLoss]);
  });
});
