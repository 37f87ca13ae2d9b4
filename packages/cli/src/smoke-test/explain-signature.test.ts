import { describe, expect, test } from "vitest";

import type { ErrorBody } from "./error-body.ts";
import { explainSignature } from "./explain-signature.ts";
import type { HttpRequest } from "./http-message.ts";

const LOCK = "c".repeat(64);
const SIGNED = "content-type;host;x-once-lock";
const QUERY = `X-Amz-Expires=930&X-Amz-Security-Token=secret-token&X-Amz-SignedHeaders=${encodeURIComponent(SIGNED)}`;

const request: HttpRequest = {
  method: "PUT",
  url: `https://d111.cloudfront.net/uploads/1?${QUERY}&X-Amz-Signature=secret-signature&x-once-tag=k1.secret-tag`,
  headers: [["content-type", "text/plain"]],
};
const HEADERS = { "content-type": "text/plain", host: "b.s3.eu-west-1.amazonaws.com", "x-once-lock": LOCK };

/** S3's error about a request that arrived like this. */
function arrivedAs({ method = "PUT", query = QUERY, headers = HEADERS as Record<string, string> }): ErrorBody {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const canonical = [method, "/uploads/1", query, ...lines, "", SIGNED, "UNSIGNED-PAYLOAD"].join("\n");
  const field = (name: string) => (name === "CanonicalRequest" ? canonical : "");
  return { code: "SignatureDoesNotMatch", message: "", requestId: "", field };
}

const explain = (arrived: Parameters<typeof arrivedAs>[0]) => explainSignature(arrivedAs(arrived), request, "403");

describe("names the first difference between what was sent and what S3 computed over", () => {
  const { "x-once-lock": _, ...unlocked } = HEADERS;
  const differences: [what: string, arrived: Parameters<typeof arrivedAs>[0], code: string, seen: string][] = [
    ["nothing", {}, "signature-refused", "403: nothing that was signed differs"],
    ["the lock is missing", { headers: unlocked }, "verify-not-attached", "403: x-once-lock is missing"],
    [
      "the lock is empty",
      { headers: { ...HEADERS, "x-once-lock": "" } },
      "verify-not-attached",
      "x-once-lock is missing",
    ],
    ["the edge's host", { headers: { ...HEADERS, host: "d111.cloudfront.net" } }, "host-forwarded", "the edge's host"],
    [
      "a header's value",
      { headers: { ...HEADERS, "content-type": "text/html" } },
      "header-altered",
      '403: the header content-type: sent "text/plain", arrived "text/html"',
    ],
    [
      "a parameter's value",
      { query: QUERY.replace("930", "931") },
      "header-altered",
      "X-Amz-Expires arrived with another value",
    ],
    [
      "a parameter is missing",
      { query: QUERY.replace("X-Amz-Expires=930&", "") },
      "header-altered",
      "X-Amz-Expires is missing",
    ],
    ["a parameter more", { query: `${QUERY}&x-id=PutObject` }, "header-altered", "the parameter x-id was added"],
    ["the method", { method: "POST" }, "header-altered", "the method arrived as another one"],
  ];
  test.each(differences)("%s", (_what, arrived, code, seen) => {
    const explanation = explain(arrived);
    expect(explanation).toEqual({ code, seen: expect.stringContaining(seen) as unknown });
    expect(explanation.seen).not.toMatch(/secret|ccc/);
  });
});

test("never shows the lock, nor the value of a header that may be a secret", () => {
  const wrongLock = explain({ headers: { ...HEADERS, "x-once-lock": "d".repeat(64) } });
  expect(wrongLock).toEqual({ code: "signature-refused", seen: "403: nothing that was signed differs" });
  const sent = { ...request, headers: [["x-amz-meta-filename", "mine.txt"]] as const };
  const url = request.url.replace(encodeURIComponent(SIGNED), "host%3Bx-amz-meta-filename");
  const arrived = arrivedAs({
    query: QUERY.replace(encodeURIComponent(SIGNED), "host%3Bx-amz-meta-filename"),
    headers: { host: HEADERS.host, "x-amz-meta-filename": "other.txt" },
  });
  expect(explainSignature(arrived, { ...sent, url }, "403").seen).toBe(
    "403: the header x-amz-meta-filename: sent (not shown), arrived (not shown)",
  );
});

test("says so where the store echoes nothing", () => {
  const silent: ErrorBody = { code: "SignatureDoesNotMatch", message: "", requestId: "", field: () => "" };
  expect(explainSignature(silent, request, "403")).toEqual({
    code: "signature-refused",
    seen: "403, without the canonical request",
  });
});
