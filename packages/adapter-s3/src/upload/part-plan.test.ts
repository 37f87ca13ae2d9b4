import { describe, expect, test } from "vitest";

import { MAX_PARTS, MIN_PART_BYTES, planParts } from "./part-plan.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

test("uses parts of 5 MiB by default, 48.8 GiB in 10,000 parts, declared or not", () => {
  const plan = planParts({});
  expect(plan).toMatchObject({
    parallelParts: 2,
    maxDeclaredBytes: 52_428_800_000,
    maxUndeclaredBytes: 52_428_800_000,
  });
  expect(plan.maxDeclaredBytes / GIB).toBeCloseTo(48.83);
  expect(plan.partBytes(undefined)).toBe(5 * MIB);
  expect(plan.partBytes(plan.maxDeclaredBytes)).toBe(5 * MIB);
});

test("grows the parts with a declared length, as far as 10,000 parts need", () => {
  const plan = planParts({ memoryBudgetBytes: GIB });
  for (const bytes of [0, 1, 5 * MIB, MAX_PARTS * MIN_PART_BYTES, 100 * GIB, 1.5 * TIB, plan.maxDeclaredBytes]) {
    const partBytes = plan.partBytes(bytes);
    expect(Math.ceil(bytes / partBytes)).toBeLessThanOrEqual(MAX_PARTS);
    expect(partBytes).toBeGreaterThanOrEqual(MIN_PART_BYTES);
    expect(partBytes * (plan.parallelParts + 2)).toBeLessThanOrEqual(GIB);
  }
  expect(plan.partBytes(MAX_PARTS * MIN_PART_BYTES + 1)).toBe(MIN_PART_BYTES + 1);
});

test("allows a larger declared length with a larger budget, up to S3's limit, but no larger body of unknown length", () => {
  expect(planParts({ memoryBudgetBytes: 40 * MIB })).toMatchObject({
    maxDeclaredBytes: MAX_PARTS * 10 * MIB,
    maxUndeclaredBytes: MAX_PARTS * 5 * MIB,
  });
  expect(planParts({ memoryBudgetBytes: 60 * MIB, parallelParts: 4 }).maxDeclaredBytes).toBe(MAX_PARTS * 10 * MIB);
  expect(planParts({ memoryBudgetBytes: 100 * GIB }).maxDeclaredBytes).toBe(5 * TIB);
});

test("computes the figures in the docs for 5 TiB", () => {
  expect(planParts({ memoryBudgetBytes: Math.floor(2.1 * GIB) }).maxDeclaredBytes).toBe(5 * TIB);
  expect(planParts({ memoryBudgetBytes: Math.floor(1.6 * GIB), parallelParts: 1 }).maxDeclaredBytes).toBe(5 * TIB);
});

describe("refuses by name", () => {
  test.each([0, 0.5, 65, Number.NaN, "4" as never])("parallelParts %o", (parallelParts) => {
    expect(() => planParts({ parallelParts })).toThrow(/^parallelParts: expected/);
  });
  test.each([0, 1.5, 20 * MIB - 1, Infinity, Number.NaN, "1" as never])("memoryBudgetBytes %o", (memoryBudgetBytes) => {
    expect(() => planParts({ memoryBudgetBytes })).toThrow(/^memoryBudgetBytes: expected a whole number of 20971520 /);
  });
});
