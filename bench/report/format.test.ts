import { expect, test } from "vitest";

import { drawTable, figure } from "./format.ts";

test.each([
  [0.012345, "0.0123"],
  [1.23456, "1.23"],
  [0, "0"],
  [99.95, "100"],
  [1234.5, "1,235"],
  [1_000_000, "1,000,000"],
  [Number.NaN, "-"],
])("%d is written as %s", (n, text) => {
  expect(figure(n)).toBe(text);
});

const rows = [
  ["name", "of", "n"],
  ["long name", "us", "1"],
  ["b", "you", "1,000"],
];

test("aligns names left and figures right", () => {
  expect(drawTable(rows, "text").split("\n")).toEqual([
    "  name        of        n",
    "  long name   us        1",
    "  b           you   1,000",
  ]);
});

test("aligns a Markdown table in the same way", () => {
  expect(drawTable(rows, "markdown").split("\n")[1]).toBe("| --------- | --- | ----: |");
});
