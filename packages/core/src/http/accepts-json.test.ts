import { expect, test } from "vitest";

import { acceptsJson } from "./accepts-json.ts";

test("selects JSON only for application/json, in any case, with any quality above 0, in any field", () => {
  for (const accept of [
    "application/json",
    "Application/JSON;q=0.5",
    "text/html, application/json ;q=1",
    " application/json",
  ])
    expect(acceptsJson([["accept", accept]]), accept).toBe(true);
  for (const accept of [
    "*/*",
    "application/*",
    "application/json;q=0",
    "application/json; q=0.000",
    "application/jsonp",
    "",
  ])
    expect(acceptsJson([["accept", accept]]), accept).toBe(false);
  expect(
    acceptsJson([
      ["accept", "text/html"],
      ["accept", "application/json"],
    ]),
  ).toBe(true);
  expect(acceptsJson([["x-accept", "application/json"]])).toBe(false);
});
