import fc from "fast-check";
import { expect, test } from "vitest";

import { formatAmzDate, parseAmzDate } from "./amz-date.ts";

test("writes a time in UTC, without milliseconds", () => {
  expect(formatAmzDate(new Date("2026-01-02T03:04:05.999Z"))).toBe("20260102T030405Z");
});

test("reads a written time back as the same second", () => {
  const dates = fc.date({
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      const second = Math.floor(date.getTime() / 1000) * 1000;
      expect(parseAmzDate(formatAmzDate(date))?.getTime()).toBe(second);
    }),
  );
});
