import { expect, test } from "vitest";

import { readModules } from "./modules-of-bundle.ts";
import { drawProfile } from "./profile-tables.ts";
import { selfTimes } from "./self-times.ts";

const frame = (functionName: string, url: string, lineNumber: number) => ({
  functionName,
  url,
  lineNumber,
  scriptId: "1",
  columnNumber: 0,
});
const profile = {
  startTime: 0,
  endTime: 100,
  nodes: [
    { id: 1, callFrame: frame("(idle)", "", -1) },
    { id: 2, callFrame: frame("claim", "file:///verify/index.mjs", 4) },
    { id: 3, callFrame: frame("", "node:internal/crypto/keys", 9) },
    { id: 4, callFrame: frame("claim", "file:///verify/index.mjs", 4) },
    { id: 5, callFrame: frame("post", "node:inspector", 1) },
  ],
  samples: [1, 2, 3, 2, 4, 5],
  timeDeltas: [50, 10, 20, 5, 5, 10],
};
const bundle = [
  "banner",
  "// packages/core/src/bytes/bytes.ts",
  "x",
  "// packages/core/src/edge/claim.ts",
  "function claim()",
];

test("counts self time from samples of a function, without idle time and the profiler", () => {
  expect(selfTimes(profile).map(({ name, amount }) => [name, amount])).toEqual([
    ["claim", 15],
    ["(anonymous)", 20],
    ["claim", 5],
  ]);
});

test("assigns a line to the module in the comment above it", () => {
  const moduleOf = readModules(bundle.join("\n"));
  expect([0, 2, 4].map(moduleOf)).toEqual([
    undefined,
    "packages/core/src/bytes/bytes.ts",
    "packages/core/src/edge/claim.ts",
  ]);
});

test("lists packages and functions, by any call path", () => {
  const script = { url: "file:///verify/index.mjs", moduleOf: readModules(bundle.join("\n")) };
  const text = drawProfile(selfTimes(profile), script, 10);
  expect(text).toMatch(/@presign-once\/core +50\.0 % +2$/m);
  expect(text).toMatch(/claim {2}packages\/core\/src\/edge\/claim\.ts +50\.0 % +2$/m);
  expect(text).toMatch(/node +50\.0 % +2$/m);
});
