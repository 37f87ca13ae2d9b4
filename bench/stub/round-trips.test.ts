import { expect, test } from "vitest";

import { countRoundTrips } from "./round-trips.ts";

const request = (arrivedAt: number, answeredAt: number) => ({ operation: "PUT", arrivedAt, answeredAt });

test("no request is no round trip", () => {
  expect(countRoundTrips([])).toBe(0);
});

test("requests under way together share a round trip", () => {
  expect(countRoundTrips([request(0, 10), request(1, 11)])).toBe(1);
});

test("a request that was sent after an answer waits one round trip more", () => {
  expect(countRoundTrips([request(0, 10), request(1, 11), request(12, 22), request(23, 33)])).toBe(3);
});

test("a chain counts although other requests never let the server idle", () => {
  expect(countRoundTrips([request(0, 10), request(5, 40), request(11, 21), request(22, 32)])).toBe(3);
});

test("the order in which requests are told does not matter", () => {
  expect(countRoundTrips([request(12, 22), request(0, 10)])).toBe(2);
});
