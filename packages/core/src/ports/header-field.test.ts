import { expect, test } from "vitest";

import { type HeaderField, onlyValue } from "./header-field.ts";

test("only a header that was sent exactly once has a value", () => {
  const headers: HeaderField[] = [
    ["host", "edge.example"],
    ["x-one", "1"],
    ["x-one", "1"],
    ["empty", ""],
  ];
  expect(onlyValue(headers, "host")).toBe("edge.example");
  expect(onlyValue(headers, "x-one")).toBeUndefined();
  expect(onlyValue(headers, "absent")).toBeUndefined();
  expect(onlyValue(headers, "empty")).toBe("");
});
