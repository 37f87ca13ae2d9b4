import { expect, test } from "vitest";

import { formatTable } from "./format-table.ts";
import { formatTime, relativeTime } from "./format-time.ts";

const NOW = new Date("2026-01-02T03:04:05.678Z");
const offBy = (seconds: number) => relativeTime(new Date(NOW.getTime() + seconds * 1_000), NOW);

test("prints a time in whole seconds, and how long ago it was", () => {
  expect(formatTime(new Date("2026-01-02T03:02:05.678Z"), NOW)).toEqual(["2026-01-02T03:02:05Z", "2 min ago"]);
});

test.each([
  [0, "now"],
  [0.9, "now"],
  [-1, "1 s ago"],
  [-59.9, "59 s ago"],
  [-60, "1 min ago"],
  [719, "in 11 min"],
  [-3_599, "59 min ago"],
  [-3_600, "1 h ago"],
  [172_799, "in 47 h"],
  [-172_800, "2 days ago"],
  [-864_000, "10 days ago"],
])("prints a time %d s away as %s", (seconds, told) => {
  expect(offBy(seconds)).toBe(told);
});

test("aligns the cells of a column, however long the last one of a row is", () => {
  const rows = [
    ["state", "issued"],
    ["issued", "2026-01-02T03:02:05Z", "2 min ago"],
    ["a", "b", "c"],
    ["hash", "0".repeat(64)],
  ];
  expect(formatTable(rows)).toBe(
    `state   issued\nissued  2026-01-02T03:02:05Z  2 min ago\na       b                     c\nhash    ${"0".repeat(64)}\n`,
  );
});
