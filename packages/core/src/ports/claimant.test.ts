import { expect, test } from "vitest";

import { isClaimant } from "./claimant.ts";

test("a claimant is 32 lower-case hex digits", () => {
  expect(isClaimant("0123456789abcdef0123456789abcdef")).toBe(true);
});

test.each([
  "",
  "0123456789abcdef0123456789abcde",
  "0123456789abcdef0123456789abcdef0",
  "0123456789ABCDEF0123456789ABCDEF",
  "0123456789abcdef0123456789abcdeg",
  "0123456789abcdef0123456789abcdef\n",
  "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
  undefined,
  null,
  12,
  ["0123456789abcdef0123456789abcdef"],
])("%j is not a claimant", (text) => {
  expect(isClaimant(text)).toBe(false);
});
