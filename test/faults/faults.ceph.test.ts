import { createS3Client } from "@presign-once/adapter-s3";
import type { Strategy } from "@presign-once/adapter-s3/strategies";
import { describe, expect, inject, test } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";
import { createLab } from "./lab.ts";
import { describeRecord, describeReport } from "./report.ts";
import { firstRounds, runRounds, SEED } from "./run-rounds.ts";

describe("claims over a failing network in front of Ceph", { timeout: 300_000 }, () => {
  test.each<[Strategy, boolean]>([
    ["versioning", true],
    ["conditional", false],
    ["sealed", false],
  ])("200 rounds of %s keep every guarantee", async (strategy, versioned) => {
    const server = inject("ceph");
    const s3 = createS3Client(server);
    const bucket = await newBucket(s3, { versioned });
    s3.destroy();
    const lab = await createLab(server, bucket, strategy);
    try {
      const report = await runRounds(lab, { seed: SEED, rounds: firstRounds(200) });
      console.log(`${strategy}, seed ${SEED}\n${describeReport(report)}`);
      expect(
        report.wrong.map(({ round, what, record }) => `round ${round}: ${what.join("; ")}\n${describeRecord(record)}`),
      ).toEqual([]);
      expect(report.rounds).toBe(200);
    } finally {
      await lab.stop();
    }
  });
});
