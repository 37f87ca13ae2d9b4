import { describe, expect, test } from "vitest";

import type { RefusedUpload } from "../gate/refused-upload.ts";
import { methodNotAllowed, wireErrorOf } from "./refusals.ts";
import { refusalAnswer } from "./upload-answers.ts";

/** Every reason that there is: status, code, and whether the URL may be used up by such a request. */
const told = {
  "method-not-allowed": [405, "MethodNotAllowed", false],
  malformed: [400, "InvalidRequest", false],
  "header-refused": [400, "InvalidRequest", false],
  "content-length-missing": [411, "MissingContentLength", false],
  "entity-too-small": [400, "EntityTooSmall", false],
  "entity-too-large": [400, "EntityTooLarge", false],
  "not-issued": [403, "UrlUnknown", false],
  expired: [403, "UrlExpired", false],
  "not-yet-valid": [403, "RequestTimeTooSkewed", false],
  revoked: [403, "UrlUnknown", false],
  unknown: [403, "UrlUnknown", false],
  "already-claimed": [403, "UrlAlreadyUsed", true],
  "lease-over": [403, "UrlAlreadyUsed", false],
  "already-stored": [409, "UploadAlreadyStored", false],
  unavailable: [503, "SlowDown", false],
  "store-refused": [500, "InternalError", false],
  undecided: [503, "ClaimUndecided", true],
} satisfies Record<RefusedUpload["reason"], [status: number, code: string, mayBeUsedUp: boolean]>;

/** Reasons after which the same URL, sent again and better, can still succeed; the message says so. */
const canBeRepeated = [
  "method-not-allowed",
  "malformed",
  "header-refused",
  "content-length-missing",
  "entity-too-small",
  "entity-too-large",
  "not-yet-valid",
  "unavailable",
  "store-refused",
];

describe.each(Object.entries(told))("%s", (reason, [status, code, mayBeUsedUp]) => {
  const error = wireErrorOf({
    status: "refused",
    reason,
    message: "Own words.",
    cause: new Error("planted"),
  } as RefusedUpload);

  test(`is ${status} ${code}`, () => expect([error.status, error.code]).toEqual([status, code]));

  test("says that the URL is not used up exactly if sending it again can help", () => {
    const says = /this request did not use (?:it|the URL) up/i.test(error.message);
    expect(says).toBe(canBeRepeated.includes(reason));
    if (mayBeUsedUp) expect(error.message).toContain("Ask for a new one.");
  });

  test("is a whole sentence, and contains nothing of the cause", () => {
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    expect(JSON.stringify(error)).not.toContain("planted");
  });
});

test("uses the message of the check that failed", () => {
  for (const reason of [
    "malformed",
    "header-refused",
    "content-length-missing",
    "entity-too-small",
    "entity-too-large",
  ] as const)
    expect(wireErrorOf({ status: "refused", reason, message: "Own words." }).message).toMatch(/^Own words\. /);
});

test("names the allowed methods, and the time to wait", () => {
  expect(methodNotAllowed(["GET", "POST"], "Text.").headers).toEqual([["Allow", "GET, POST, OPTIONS"]]);
  expect(wireErrorOf({ status: "refused", reason: "method-not-allowed" }).headers).toEqual([["Allow", "PUT, OPTIONS"]]);
  const either = wireErrorOf({ status: "refused", reason: "method-not-allowed" }, ["PUT", "POST"]);
  expect(either.headers).toEqual([["Allow", "PUT, POST, OPTIONS"]]);
  expect(either.message).toContain("one PUT or POST and nothing else");
  expect(wireErrorOf({ status: "refused", reason: "unavailable", cause: 0 }).headers).toEqual([["Retry-After", "2"]]);
  expect(wireErrorOf({ status: "refused", reason: "undecided", cause: 0 }).headers).toEqual([]);
});

test("says that a broken-off attempt counts and may have arrived", () => {
  const { message } = wireErrorOf({ status: "refused", reason: "already-claimed" });
  expect(message).toContain("An attempt that broke off counts, and may have arrived.");
});

test("answers 200 with the ETag if the client's own object is stored, readable by pages", () => {
  const cors = [["Access-Control-Allow-Origin", "*"]] as const;
  expect(refusalAnswer({ status: "refused", reason: "already-stored", etag: '"e"' }, "r", cors)).toEqual({
    status: 200,
    headers: [["ETag", '"e"'], ["X-Presign-Once-Already-Stored", "true"], ["Cache-Control", "no-store"], ...cors],
    body: "",
  });
  const gone = refusalAnswer({ status: "refused", reason: "already-stored", etag: undefined }, "r", cors);
  expect([gone.status, gone.body.includes("UploadAlreadyStored")]).toEqual([409, true]);
});
