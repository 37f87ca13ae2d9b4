import { expect, test } from "vitest";

import { formatBytes, formatExpiry, formatTimeLeft } from "./format.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_000, "1 kB"],
  [12_345, "12.3 kB"],
  [999_999, "1,000 kB"],
  [200_000_000, "200 MB"],
  [5_368_709_120, "5.37 GB"],
  [7e15, "7,000,000 GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("formats a rate in bytes per second", () => {
  expect(formatBytes(1_234_567, "-per-second")).toBe("1.23 MB/s");
});

test.each([
  [0, "1 s left"],
  [0.2, "1 s left"],
  [59, "59 s left"],
  [60, "1 min left"],
  [61, "2 min left"],
  [Infinity, ""],
  [Number.NaN, ""],
])("%d seconds are %j", (seconds, text) => {
  expect(formatTimeLeft(seconds)).toBe(text);
});

const NOW = Date.parse("2026-01-01T12:00:00Z");

test.each([
  ["2026-01-01T12:15:00.000Z", "12:15:00, in 15 min"],
  ["2026-01-01T12:00:59.500Z", "12:00:59, in 1 min"],
  ["2026-01-01T12:00:30Z", "12:00:30, in 30 s"],
  ["2026-01-01T20:00:00Z", "20:00:00, in 8 h"],
  ["2026-01-31T12:00:00Z", "31 Jan 2026, 12:00, in 30 days"],
  ["2026-01-01T12:00:00Z", "12:00:00, expired"],
  ["soon", "soon"],
])("a URL that expires at %s: %s", (at, text) => {
  expect(formatExpiry(at, NOW, "UTC")).toBe(text);
});
