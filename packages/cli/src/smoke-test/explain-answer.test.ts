import { errorAnswer, wireError } from "@presign-once/core/http";
import { describe, expect, test } from "vitest";

import { answerOf } from "../../test/in-memory-deployment.ts";
import { answererOf, explainAnswer, explainNoAnswer, isRefusal } from "./explain-answer.ts";
import { connectionError, type HttpRequest, SILENT } from "./http-message.ts";

const ID = "6yxAa0a-example-id==";
const request: HttpRequest = { method: "PUT", url: "https://d111.cloudfront.net/uploads/1?X-Amz-Signature=s" };

const ours = (form: "xml" | "json", requestId = ID) => {
  const { status, body } = errorAnswer(wireError("already-claimed"), requestId, [], form);
  return answerOf(status, body, { "x-cache": "Error from cloudfront" });
};
const ofS3 = answerOf(
  403,
  `<Error><Code>AccessDenied</Code><Message>m</Message><RequestId>A1</RequestId><HostId>h</HostId></Error>`,
);

describe("who answered", () => {
  test("presign-once names CloudFront's id of the request, in XML and in JSON", () => {
    expect(answererOf(ours("xml"))).toBe("presign-once");
    expect(answererOf(ours("json"))).toBe("presign-once");
    expect(isRefusal(ours("json"), "already-claimed")).toBe(true);
  });

  test("S3 names an id of its own, and a host", () => {
    expect(answererOf(ofS3)).toBe("s3");
    expect(answererOf(ours("xml", "A1"))).toBe("s3");
    expect(isRefusal(ours("xml", "A1"), "already-claimed")).toBe(false);
  });

  test.each([{}, { server: "CloudFront" }, { "x-cache": "Error from cloudfront" }])(
    "CloudFront answers with a page and headers of its own, such as %j",
    (headers) => {
      expect(answererOf(answerOf(403, "<HTML>", { "content-type": "text/html", ...headers }))).toBe("cloudfront");
    },
  );

  test.each([{ server: "AmazonS3" }, { "x-amz-request-id": "A1" }])(
    "S3 proves itself by %j, without a body",
    (headers) => {
      expect(answererOf(answerOf(403, "", headers))).toBe("s3");
    },
  );

  const plain = (body: string, headers: Readonly<Record<string, string>>) => ({ status: 403, headers, body, ms: 1 });
  test.each([
    plain("<html>Access denied by policy</html>", { "content-type": "text/html" }),
    plain("<html>Access denied by policy</html>", {}),
    plain("", { server: "nginx" }),
    plain('{"code":"forbidden","message":"m"}', { "content-type": "application/json" }),
    answerOf(403, "<html>", { server: "nginx", "x-cache": "Error from cloudfront" }),
  ])("what proves neither is an intermediary: %j", (answer) => {
    expect(answererOf(answer)).toBe("intermediary");
    for (const to of ["issue", "upload"] as const)
      expect(explainAnswer(answer, request, to)).toEqual({
        code: "intermediary",
        seen: "an intermediary answered 403",
      });
  });
});

describe("a path that issues no URLs is named as such, whoever answers there:", () => {
  const own = (outcome: "method-not-allowed" | "malformed", form: "xml" | "json") => {
    const { status, body } = errorAnswer(wireError(outcome), ID, [], form);
    return answerOf(status, body, { "x-cache": "LambdaGeneratedResponse from cloudfront" });
  };
  const foreign = (status: number, headers: Readonly<Record<string, string>> = {}) => ({
    ...{ status, headers: { "content-type": "text/html", ...headers }, body: "<html>", ms: 1 },
  });
  test.each([
    ["presign-once answered 405 MethodNotAllowed", own("method-not-allowed", "json")],
    ["presign-once answered 405 MethodNotAllowed", own("method-not-allowed", "xml")],
    ["presign-once answered 400 InvalidRequest", own("malformed", "json")],
    ["S3 answered 403 AccessDenied", ofS3],
    ["an intermediary answered 404", foreign(404)],
    ["an intermediary answered 302", foreign(302, { location: "/login" })],
    ["CloudFront answered 404", foreign(404, { server: "CloudFront" })],
  ])("%s", (seen, answer) => {
    expect(explainAnswer(answer, request, "issue")).toEqual({ code: "not-an-issue-endpoint", seen });
  });
});

test("one code means one thing from presign-once and another from S3", () => {
  const { status, body } = errorAnswer(wireError("forbidden"), ID, []);
  expect(explainAnswer(answerOf(status, body), request, "issue").code).toBe("caller-forbidden");
  expect(explainAnswer(ofS3, request, "upload").code).toBe("access-denied");
});

test("a message is repeated without anything as long as a token", () => {
  const body = JSON.stringify({ code: "InvalidArgument", message: `x: ${"s".repeat(43)}\u001b`, requestId: ID });
  expect(explainAnswer(answerOf(400, body), request, "issue").seen).toBe(
    "presign-once answered 400 InvalidArgument: x: … ",
  );
});

test.each([
  ["ENOTFOUND", "dns-not-found"],
  ["EAI_AGAIN", "dns-not-found"],
  ["ECONNREFUSED", "not-connected"],
  ["ETIMEDOUT", "not-connected"],
  ["CERT_HAS_EXPIRED", "tls-failed"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls-failed"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls-failed"],
  ["EPROTO", "tls-not-spoken"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls-not-spoken"],
  ["ECONNRESET", "connection-broken"],
  [SILENT, "connection-broken"],
])("no answer because of %s is explained as %s", (code, expected) => {
  expect(explainNoAnswer(connectionError(code)).code).toBe(expected);
});
