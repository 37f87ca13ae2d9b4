import { expect, test } from "vitest";

import { explain } from "./explain.ts";

const EXPLAINED = ["UrlAlreadyUsed", "UrlExpired", "UrlUnknown", "SlowDown", "ClaimUndecided"];
const OF_THE_CLIENT = ["NetworkError", "Stalled", "FileUnreadable", "WrongSize", "Aborted"];

test.each([...EXPLAINED, ...OF_THE_CLIENT])("explains %s in the page's own words", (code) => {
  const { title, reason } = explain({ code, message: "the server's words" });
  expect(title).not.toBe("");
  expect(reason).toMatch(/^[A-Z].*\.$/);
  expect(reason).not.toContain("the server's words");
});

test.each(["EntityTooLarge", "SomethingNew", "__proto__", "constructor"])(
  "shows the server's message for %s",
  (code) => {
    expect(explain({ code, message: "The server's words." })).toEqual({
      title: "refused",
      reason: "The server's words.",
    });
  },
);
