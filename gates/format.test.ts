import { stripVTControlCharacters } from "node:util";

import { expect, test } from "vitest";

import { runGate } from "./gate-test.ts";

const planted = [
  "packages/core/src/planted.ts",
  "packages/local-edge/src/planted.test.ts",
  "test/planted.ts",
  "planted.json",
];

const format = runGate("format:check", () =>
  planted.map((path) => ({
    path,
    text: path.endsWith(".json") ? '{"planted":   1}\n' : "export const planted = {a:1}\n",
  })),
);

test("reports each file that is not formatted and no other, and fails", () => {
  const { output, exitCode } = format();
  const reported = stripVTControlCharacters(output).match(/^\S+\.(?:ts|json)(?= )/gm); // colours in CI
  expect(reported?.sort()).toEqual([...planted].sort());
  expect(exitCode).not.toBe(0);
});
