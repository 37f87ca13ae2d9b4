import type { StrategyReport, UploadsReport } from "@presign-once/adapter-s3/doctor";
import { expect, test } from "vitest";

import { describeReports } from "./describe-reports.ts";

const effort = { rounds: 20, claimants: 32, laws: [] };
const unsafe: StrategyReport = {
  ...effort,
  strategy: "conditional",
  verdict: "unsafe",
  laws: [
    { name: "the first claim wins" },
    { name: "exactly one of many wins", broken: "3 of 3 claims won in round 1 of 20" },
  ],
};
const unavailable: StrategyReport = {
  ...effort,
  strategy: "versioning",
  verdict: "unavailable",
  reason: "versioning is off on some-index",
};
const passed: StrategyReport = { ...effort, strategy: "sealed", verdict: "not-disproved" };
const uploads: UploadsReport = { bucket: "some-uploads", keepsOneObject: { status: "proven" } };

const describeForPeople = (reports: StrategyReport[], ofUploads = uploads) =>
  describeReports(reports, ofUploads, { json: false, verbose: false });

test("reports a strategy that broke a law as unsafe, with what was seen first", () => {
  expect(describeForPeople([unsafe]).stdout).toMatch(
    /^conditional  UNSAFE  do not use it here: 3 of 3 claims won in round 1 of 20\nretries /,
  );
});

test("lists every law with --verbose", () => {
  expect(describeReports([unsafe], uploads, { json: false, verbose: true }).stdout).toMatch(
    /\nconditional: the first claim wins: held\nconditional: exactly one of many wins: BROKEN: 3 of 3 claims won in round 1 of 20\n$/,
  );
});

test("reports a strategy that broke none as not disproved in its rounds, never as safe", () => {
  const { stdout } = describeForPeople([passed, unavailable]);
  expect(stdout).toContain("sealed      not disproved  in 20 rounds of 32 claimants\n");
  expect(stdout).toContain("versioning  unavailable    versioning is off on some-index\n");
  expect(stdout).not.toMatch(/safe/i);
});

test("exits with 0 if some strategy was not disproved, and with 1 if none was left", () => {
  expect(describeForPeople([unsafe, passed, unavailable]).exitCode).toBe(0);
  expect(describeForPeople([unsafe, unavailable]).exitCode).toBe(1);
});

test("reports retries as unsafe on a bucket that kept two objects, with what was seen", () => {
  const seen = "after one PUT, one PUT of the same key was stored, too";
  const broken: UploadsReport = { ...uploads, keepsOneObject: { status: "broken", seen } };
  expect(describeForPeople([passed], broken)).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/retries +UNSAFE +do not offer them on some-uploads: after one PUT/),
  });
  const { stdout } = describeReports([passed], broken, { json: true, verbose: false });
  expect(JSON.parse(stdout)).toEqual({
    strategies: [passed],
    uploads: { bucket: "some-uploads", keepsOneObject: { status: "broken", seen } },
  });
});

test("reports a failed check of the uploads' bucket without its cause, which may name a host", () => {
  const cause = new Error("connect ECONNREFUSED planted:9000");
  const undecided: UploadsReport = { ...uploads, keepsOneObject: { status: "undecided", cause } };
  for (const json of [true, false]) {
    const { stdout } = describeReports([passed], undecided, { json, verbose: false });
    expect(stdout).toMatch(
      json ? /"status": "undecided"/ : /retries +not tried +the credentials must .* on some-uploads/,
    );
    expect(stdout).not.toContain("planted");
  }
});
