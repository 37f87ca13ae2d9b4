import { expect, test } from "vitest";

import { countRoundTrips } from "./round-trips.ts";

const request = (arrivedAt: number, answeredAt: number) => ({ operation: "PUT", arrivedAt, answeredAt });

test("counts no round trip without a request", () => {
  expect(countRoundTrips([])).toBe(0);
});

test("counts concurrent requests as one round trip", () => {
  expect(countRoundTrips([request(0, 10), request(1, 11)])).toBe(1);
});

test("counts a request sent after an answer as another round trip", () => {
  expect(countRoundTrips([request(0, 10), request(1, 11), request(12, 22), request(23, 33)])).toBe(3);
});

test("counts a chain even if other requests keep the server busy", () => {
  expect(countRoundTrips([request(0, 10), request(5, 40), request(11, 21), request(22, 32)])).toBe(3);
});

test("does not depend on the order of the requests", () => {
  expect(countRoundTrips([request(12, 22), request(0, 10)])).toBe(2);
});
