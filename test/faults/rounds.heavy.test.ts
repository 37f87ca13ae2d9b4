import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { createLab } from "./lab.ts";
import { describeRecord } from "./report.ts";
import { firstRounds, runRounds, SEED } from "./run-rounds.ts";

describe("claims over a failing network", { timeout: 120_000 }, () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startR2({ buckets: ["index"] });
  }, 60_000);
  afterAll(async () => server?.stop());

  test.each([
    ["conditional", "lean"],
    ["conditional", "sdk"],
    ["sealed", "lean"],
  ] as const)("40 rounds of %s on R2 through the transport %s keep every guarantee", async (strategy, transport) => {
    const lab = await createLab(server, "index", strategy, { transport });
    const report = await runRounds(lab, { seed: SEED, rounds: firstRounds(40) });
    await lab.stop();
    expect(report.wrong.map(({ what, record }) => `${what.join("; ")}\n${describeRecord(record)}`)).toEqual([]);
    expect(report.rounds).toBe(40);
    expect(report.won).toBeGreaterThan(0);
    expect(Object.keys(report.faults).length).toBeGreaterThanOrEqual(6);
  });
});
