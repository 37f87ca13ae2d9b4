import { describe, expect, test } from "vitest";

import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { Claimant } from "../ports/claimant.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import { describeDecision, describeFault, describeIssue } from "./decision-log.ts";

const hash = "0123456789abcdef".repeat(4) as SignatureHash;
const claimant = "f".repeat(32) as Claimant;
/** What a fault of the SDK may hold and a log must not. */
const URL_IN_MESSAGE = "PUT https://bucket.example/uploads/1?X-Amz-Signature=planted failed";

describe("a decision is one line of JSON", () => {
  test("with all figures of an accepted upload, without its query or its lock", () => {
    const claim = { hash, claimant, attempts: 1, indexMs: 34, repeated: false };
    const headers = [["x-once-lock", "planted"]] as const;
    const added = { path: "/uploads/planted", query: "X-Amz-Signature=planted", headers };
    expect(linesOf(describeDecision({ status: "accepted", ...claim, ...added }, "id"))).toEqual([
      {
        presignOnce: "verify",
        requestId: "id",
        outcome: "accepted",
        hash: "0123456789ab",
        claimant,
        s3Ms: 34,
        attempts: 1,
      },
    ]);
  });

  test("that marks a retry by the same client", () => {
    const claim = {
      hash,
      claimant,
      attempts: 1,
      indexMs: 34,
      repeated: true,
      path: "/uploads/1",
      query: "",
      headers: [],
    };
    expect(linesOf(describeDecision({ status: "accepted", ...claim }, "id"))).toMatchObject([{ repeated: true }]);
  });

  test("with the reason of a refusal, and only what was known before it", () => {
    expect(linesOf(describeDecision({ status: "refused", reason: "malformed", message: "planted" }, "id"))).toEqual([
      { presignOnce: "verify", requestId: "id", outcome: "malformed" },
    ]);
    expect(linesOf(describeDecision({ status: "refused", reason: "expired", hash }, "id"))).toEqual([
      { presignOnce: "verify", requestId: "id", outcome: "expired", hash: "0123456789ab" },
    ]);
  });

  test("with the cause if the index could not decide", () => {
    const refusal: RefusedUpload = {
      status: "refused",
      reason: "undecided",
      hash,
      claimant,
      attempts: 3,
      indexMs: 3501,
      cause: sdkError(),
    };
    expect(linesOf(describeDecision(refusal, "id"))).toEqual([
      {
        presignOnce: "verify",
        requestId: "id",
        outcome: "undecided",
        hash: "0123456789ab",
        claimant,
        s3Ms: 3501,
        attempts: 3,
        cause: "InternalError 500",
      },
    ]);
  });
});

test("logs an issue as one line of JSON, without further fields of the outcome", () => {
  const outcome = { status: "issued", hash, grant: { id: "6e0c", url: URL_IN_MESSAGE } };
  expect(linesOf(describeIssue("issued", "id", outcome))).toEqual([
    { presignOnce: "issue", requestId: "id", outcome: "issued", grant: "6e0c", hash: "0123456789ab" },
  ]);
  expect(linesOf(describeIssue("refused", "id"))).toEqual([
    { presignOnce: "issue", requestId: "id", outcome: "refused" },
  ]);
});

describe("names a cause:", () => {
  const causes: [what: string, cause: unknown, named: string][] = [
    [
      "one of ours, in full",
      new PresignOnceError("CONFIG_INVALID", "region: expected a region"),
      "CONFIG_INVALID: region: expected a region",
    ],
    ["an error of S3, by code and status", sdkError(), "InternalError 500"],
    [
      "an error of a socket, by its code",
      Object.assign(new Error(URL_IN_MESSAGE), { code: "ECONNRESET" }),
      "Error ECONNRESET",
    ],
    ["an error whose code is its name, once", Object.assign(new Error(URL_IN_MESSAGE), { name: "E", code: "E" }), "E"],
    ["an error without a code, by its name", new TypeError(URL_IN_MESSAGE), "TypeError"],
    ["a time-out, by its name", new DOMException(URL_IN_MESSAGE, "TimeoutError"), "TimeoutError"],
    ["a text, not at all", URL_IN_MESSAGE, "unknown"],
    ["an object, not at all", { name: URL_IN_MESSAGE, code: URL_IN_MESSAGE }, "unknown"],
    ["nothing", undefined, "unknown"],
    [
      "an error with odd fields",
      Object.assign(new Error(""), { name: 7, code: { a: Object.create(null) }, status: null }),
      "unknown",
    ],
  ];
  test.each(causes)("%s", (_what, cause, named) => {
    expect(linesOf(describeFault("issue", "id", cause))).toEqual([
      { presignOnce: "issue", requestId: "id", outcome: "fault", cause: named },
    ]);
  });

  test("without the cause of the cause, and without its stack", () => {
    const cause = new PresignOnceError("PRESIGN_FAILED", "No credentials.", { cause: new Error(URL_IN_MESSAGE) });
    const line = describeFault("verify", "id", cause);
    expect(line).not.toMatch(/planted|bucket\.example|\.ts:|at /);
  });
});

test("limits a line to 1,500 characters, whatever the name of the error", () => {
  const long = "x".repeat(1_000_000);
  const causes = [
    new PresignOnceError("CONFIG_INVALID", long),
    Object.assign(new Error(long), { name: long, code: long }),
    Object.assign(new Error(long), { name: "\u{1}".repeat(1_000_000) }),
  ];
  for (const cause of causes) expect(describeFault("verify", "i".repeat(128), cause).length).toBeLessThan(1_500);
});

function sdkError(): Error {
  return Object.assign(new Error(URL_IN_MESSAGE), {
    name: "InternalError",
    status: 500,
    $response: URL_IN_MESSAGE,
  });
}

function linesOf(text: string): unknown[] {
  return text.split("\n").map((line) => JSON.parse(line) as unknown);
}

test("a cause that is an error in the code is told with its message, and no other is", () => {
  const causeOf = (fault: unknown) => (JSON.parse(describeFault("relay", "r", fault)) as { cause: string }).cause;
  expect(causeOf(new ReferenceError("DOMParser is not defined"))).toBe("ReferenceError: DOMParser is not defined");
  expect(causeOf(new TypeError("client.send is not a function"))).toBe("TypeError: client.send is not a function");
  expect(causeOf(new TypeError("Invalid URL: https://u:p@host/?X-Amz-Signature=ab is not defined"))).toBe("TypeError");
});
