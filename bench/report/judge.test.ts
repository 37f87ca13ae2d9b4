import { expect, test } from "vitest";

import { contenders } from "../contenders/contenders.ts";
import { targets } from "../targets.ts";
import { judge, type Target } from "./judge.ts";
import { toMeasurements } from "./measurement.ts";

const measurements = toMeasurements(
  new Map([
    [
      "time",
      new Map([
        ["floor", [10, 20, 30]],
        ["ours", [11, 22, 36]],
      ]),
    ],
  ]),
  { floor: "floor", article: "never measured" },
);
const target: Target = { what: "time", measure: "time", of: ["ours"], bound: "at most", limit: 22 };

const statuses = (changes: Partial<Target>) => judge([{ ...target, ...changes }], measurements).map((v) => v.status);

test("judges by the median, and meets the limit itself", () => {
  expect(statuses({})).toEqual(["met"]);
  expect(statuses({ limit: 21.9 })).toEqual(["MISSED"]);
});

test("inverts the comparison for at least", () => {
  expect(statuses({ bound: "at least" })).toEqual(["met"]);
  expect(statuses({ bound: "at least", limit: 22.1 })).toEqual(["MISSED"]);
});

test("judges a ratio by the median of its rounds", () => {
  expect(judge([{ ...target, times: "floor", limit: 1.1 }], measurements)).toEqual([
    { what: "time", contender: "ours", wanted: "at most 1.1 × floor", seen: 1.1, status: "met" },
  ]);
});

test("does not meet a target that was not measured", () => {
  expect(statuses({ measure: "something else" })).toEqual(["not measured"]);
  expect(statuses({ of: ["nobody"] })).toEqual(["not measured"]);
  expect(statuses({ times: "article" })).toEqual(["not measured"]);
});

test("judges each contender separately", () => {
  expect(statuses({ of: ["floor", "ours"], limit: 20 })).toEqual(["met", "MISSED"]);
});

test("applies every target to a contender", () => {
  const nobody = targets.filter(({ of }) => of.length === 0).map(({ limit, what }) => `${what}: ${limit}`);
  const missing = contenders.some(({ strategy }) => strategy === "sealed") ? [] : ["S3 requests in a URL's life: 1"];
  expect(nobody).toEqual(missing);
});
