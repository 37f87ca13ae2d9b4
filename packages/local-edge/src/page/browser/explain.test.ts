import { expect, test } from "vitest";

import { explain } from "./explain.ts";

const EXPLAINED = ["UrlAlreadyUsed", "UrlExpired", "UrlUnknown", "SlowDown", "ClaimUndecided"];
const OF_THE_CLIENT = ["NetworkError", "Stalled", "FileUnreadable", "WrongSize", "Aborted"];

test.each([...EXPLAINED, ...OF_THE_CLIENT])("%s is explained in words of the page's own", (code) => {
  const { title, reason } = explain({ code, message: "the server's words" });
  expect(title).not.toBe("");
  expect(reason).toMatch(/^[A-Z].*\.$/);
  expect(reason).not.toContain("the server's words");
});

test.each(["EntityTooLarge", "SomethingNew", "__proto__", "constructor"])(
  "%s is told in the server's words",
  (code) => {
    expect(explain({ code, message: "The server's words." })).toEqual({
      title: "refused",
      reason: "The server's words.",
    });
  },
);
