import { describe, expect, test } from "vitest";

import type { CallerLimits } from "../ports/authorizer.ts";
import { CALLER_LIMITS, isAmong, readCallerLimits } from "./caller-limits.ts";

test.each([
  ["image/png", true],
  ["Image/PNG; a=b", true],
  ["application/pdf", true],
  ["imagex/png", false],
  ["application/pdfx", false],
  ["text/html", false],
])("%s is among image/* and application/pdf: %s", (type, expected) => {
  expect(isAmong(type, ["image/*", "application/pdf"])).toBe(expected);
});

describe("limits of another form are found by name:", () => {
  test.each<[name: keyof CallerLimits, wrong: readonly unknown[], right: readonly unknown[]]>([
    ["maxBytes", [-1, 1.5, "5", NaN, null, 2 ** 60], [0, 5]],
    ["minBytes", [-1, 1.5, "5", null], [0, 5]],
    ["expiresInSeconds", [0, -1, 1.5, "60", null], [1, 86_400]],
    ["extension", ["", ".jpg", "JPG", "a/b", 7, null, "x".repeat(11)], ["jpg", "7z"]],
    [
      "contentTypes",
      [[], "image/png", ["image"], ["*/*"], ["*"], [""], [7], ["image/png;a=b"], ["multipart/form-data"], null],
      [["image/png"], ["image/*", "application/pdf"]],
    ],
    [
      "metadata",
      [
        [],
        "a",
        null,
        { A: "a" },
        { "a b": "a" },
        { a: "" },
        { a: 7 },
        { a: "é" },
        { a: "a\r\nb" },
        { "presign-once-id": "1" },
        { "presign-once-attempt": "1" },
        { ["x".repeat(129)]: "a" },
      ],
      [{}, { a: "a b", "uploaded-by": "1" }],
    ],
  ])("%s", (name, wrong, right) => {
    const form = CALLER_LIMITS[name].words;
    const fault = { fault: name, form };
    for (const value of wrong) expect([value, readCallerLimits({ [name]: value })]).toEqual([value, fault]);
    for (const value of right) expect(readCallerLimits({ [name]: value })).toEqual({ limits: { [name]: value } });
    expect(form).not.toBe("");
  });
});

test("limits that leave no number of bytes contradict each other", () => {
  const fault = { fault: "minBytes", form: "maxBytes or less" };
  expect(readCallerLimits({ minBytes: 5, maxBytes: 4 })).toEqual(fault);
  expect(readCallerLimits({ minBytes: 5, maxBytes: 5 })).toEqual({ limits: { minBytes: 5, maxBytes: 5 } });
});
