import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { isWrongAnswer } from "./draw-fault.ts";
import { createLab } from "./lab.ts";
import { describeRecord } from "./report.ts";
import { planRound } from "./round-plan.ts";
import { firstRounds, runRounds, SEED } from "./run-rounds.ts";

describe("claims over a failing network", { timeout: 120_000 }, () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startR2({ buckets: ["index"] });
  }, 60_000);
  afterAll(async () => server?.stop());

  test("15 rounds of conditional on R2 keep every guarantee", async () => {
    const lab = await createLab(server, "index", "conditional", { transport: "lean" });
    const report = await runRounds(lab, { seed: SEED, rounds: firstRounds(15) });
    await lab.stop();
    expect(report.wrong.map(({ what, record }) => `${what.join("; ")}\n${describeRecord(record)}`)).toEqual([]);
    expect(report.rounds).toBe(15);
    expect(report.won).toBeGreaterThan(0);
    expect(Object.keys(report.faults).length).toBeGreaterThan(0);
  });
});

describe("a plan", () => {
  const limits = { requestMs: 200, totalMs: 700 };
  const drawn = (round: number, whats: readonly string[]) => {
    const plan = planRound(SEED, round);
    return JSON.stringify([plan, ...whats.map((what) => plan.faultOf("1", what, limits))]);
  };

  test("is the same for the same seed and round, for any order of its requests", () => {
    for (const round of firstRounds(50)) {
      expect(drawn(round, ["PUT 0", "GET 0"])).toBe(drawn(round, ["PUT 0", "GET 0"]));
      const plan = planRound(SEED, round);
      const later = plan.faultOf("2", "GET 1", limits);
      plan.faultOf("1", "PUT 0", limits);
      expect(plan.faultOf("2", "GET 1", limits)).toEqual(later);
    }
  });

  test("differs for another round or seed, and all plans together have every kind of fault", () => {
    expect(
      new Set(
        firstRounds(50).map((round) =>
          drawn(
            round,
            firstRounds(20).map((n) => `PUT ${n}`),
          ),
        ),
      ).size,
    ).toBeGreaterThan(40);
    const faults = firstRounds(300).flatMap((round) =>
      firstRounds(10).map((n) => planRound(SEED, round).faultOf("1", `PUT ${n}`, limits)),
    );
    const kinds = ["pass", "delay", "reset", "hang", "status", "truncate", "trickle", "corrupt"];
    expect([...new Set(faults.map(({ kind }) => kind))].sort()).toEqual(kinds.sort());
    for (const leg of ["request", "answer"])
      expect(faults).toContainEqual({ kind: "status", leg, status: 500, code: "InternalError" });
  });
});

describe("a wrong answer of the network", () => {
  test.each([
    ["is a 404 about the key, without passing the request on", "GET valid 0", "request", 404, "NoSuchKey", true],
    [
      "is not a 404 about the bucket, without passing the request on",
      "GET valid 0",
      "request",
      404,
      "NoSuchBucket",
      false,
    ],
    [
      "is the same to a HEAD, which has no body to name the bucket",
      "HEAD valid 0",
      "request",
      404,
      "NoSuchBucket",
      true,
    ],
    ["is a 4xx after the request was executed", "PUT valid 0", "answer", 400, "InvalidRequest", true],
    ["is not a 4xx without passing the request on", "PUT valid 0", "request", 400, "InvalidRequest", false],
    ["is throttling after the request was executed", "PUT valid 0", "answer", 503, "SlowDown", true],
    ["is not a 503 without a code", "PUT valid 0", "answer", 503, "", false],
    ["is not a 500 after the request was executed", "PUT valid 0", "answer", 500, "InternalError", false],
  ] as const)("%s", (_name, what, leg, status, code, isWrong) => {
    expect(isWrongAnswer({ what, fault: { kind: "status", leg, status, code } })).toBe(isWrong);
  });
});
