import { describe, expect, test } from "vitest";

import { ratiosTo, summarise } from "./statistics.ts";

describe("summarise", () => {
  test("the median of an even number of samples lies between the two in the middle", () => {
    expect(summarise([4, 1, 3, 2]).median).toBe(2.5);
  });

  test("half of the samples lie between the quartiles", () => {
    expect(summarise([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
  });

  test("one sample is its own median and quartiles", () => {
    expect(summarise([7])).toEqual({ median: 7, low: 7, high: 7, count: 1 });
  });

  test("a single interruption does not move the median", () => {
    expect(summarise([10, 10, 10, 10, 9_000]).median).toBe(10);
  });

  test("has no summary without samples", () => {
    expect(summarise([]).median).toBeNaN();
  });
});

describe("ratiosTo", () => {
  test("compares within each round, so that a disturbed round does not affect a ratio", () => {
    expect(ratiosTo([1, 10, 2], [3, 30, 6])).toEqual([3, 3, 3]);
  });

  test("compares medians if the rounds differ", () => {
    expect(ratiosTo([2, 2, 2], [10])).toEqual([5]);
  });
});
