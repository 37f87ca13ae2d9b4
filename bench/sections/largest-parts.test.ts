import { expect, test } from "vitest";

import { largestParts } from "./largest-parts.ts";

const items = [
  { of: "a", amount: 1 },
  { of: "b", amount: 5 },
  { of: "a", amount: 2 },
  { of: "c", amount: 1 },
  { of: "d", amount: 1 },
];

test("adds amounts up by name, the largest first, with a rest", () => {
  expect(largestParts(items, ({ of }) => of, 2)).toEqual([
    { name: "b", amount: 5, share: 0.5 },
    { name: "a", amount: 3, share: 0.3 },
    { name: "2 more", amount: 2, share: 0.2 },
  ]);
});

test("has no rest if all are kept", () => {
  expect(largestParts(items, ({ of }) => of, 4).map(({ name }) => name)).toEqual(["b", "a", "c", "d"]);
});
