import { expect, test } from "vitest";

import { CLOUDFRONT_LIMITS } from "./edge-limits.ts";
import { judgeFunctionResult } from "./function-result.ts";
import type { EdgeRequest } from "./viewer-request-event.ts";

const original = (): EdgeRequest => ({
  clientIp: "127.0.0.1",
  headers: {
    host: [{ key: "Host", value: "edge.example" }],
    "content-length": [{ key: "Content-Length", value: "5" }],
    accept: [{ key: "Accept", value: "*/*" }],
  },
  method: "PUT",
  querystring: "a=1",
  uri: "/uploads/x",
});

const judge = (result: unknown) => judgeFunctionResult(result, original(), CLOUDFRONT_LIMITS);
const edited = (edit: (request: EdgeRequest) => void) => {
  const request = original();
  edit(request);
  return judge(request);
};
const INVALID = { status: "invalid", reason: expect.any(String) };

test("passes on an unchanged request", () => {
  expect(judge(original())).toEqual({ status: "pass-on", request: expect.objectContaining({ uri: "/uploads/x" }) });
});

test("allows changes of uri, querystring and ordinary headers", () => {
  const verdict = edited((request) => {
    request.uri = "/other";
    request.querystring = "";
    request.headers["if-none-match"] = [{ value: "*" }];
    request.headers["x-once-lock"] = [{ key: "x-once-lock", value: "secret" }];
    delete request.headers["accept"];
  });
  expect(verdict).toMatchObject({ status: "pass-on", request: { uri: "/other", querystring: "" } });
  const { headers } = (verdict as { request: EdgeRequest }).request;
  expect(headers["if-none-match"]).toEqual([{ key: "If-None-Match", value: "*" }]);
  expect(headers["accept"]).toBeUndefined();
});

test.each(["content-length", "host", "transfer-encoding", "via"])(
  "the read-only header %s can be neither changed nor added",
  (name) => {
    expect(edited((request) => (request.headers[name] = [{ value: "9" }]))).toEqual(INVALID);
  },
);

test.each(["content-length", "host"])("the read-only header %s cannot be deleted or doubled", (name) => {
  expect(edited((request) => delete request.headers[name])).toEqual(INVALID);
  expect(edited((request) => request.headers[name]?.push({ value: "9" }))).toEqual(INVALID);
});

test.each([
  "connection",
  "expect",
  "x-amz-cf-id",
  "x-cache",
  "x-edge-location",
  "x-forwarded-proto",
  "x-real-ip",
  "upgrade",
])("the disallowed header %s cannot be added to a request or a response", (name) => {
  expect(edited((request) => (request.headers[name] = [{ value: "v" }]))).toEqual(INVALID);
  expect(judge({ status: "200", headers: { [name]: [{ value: "v" }] } })).toEqual(INVALID);
});

test.each([
  ["method", "POST"],
  ["clientIp", "10.0.0.1"],
  ["uri", "no-slash"],
  ["uri", "/a b"],
  ["uri", "/a?b"],
  ["uri", "/a#b"],
  ["uri", undefined],
  ["uri", `/${"a".repeat(8_192)}`],
  ["querystring", "a b"],
  ["querystring", "a\nb"],
  ["querystring", "a#b"],
  ["querystring", undefined],
  ["headers", undefined],
  ["headers", []],
])("a request whose %s is %j is invalid", (field, value) => {
  expect(judge({ ...original(), [field]: value })).toEqual(INVALID);
});

test.each([
  ["X-Upper", [{ key: "X-Upper", value: "v" }]],
  ["x-a", { value: "v" }],
  ["x-a", [{ key: "x-b", value: "v" }]],
  ["x-a", [{ key: "x-a" }]],
  ["x-a", [{ key: "x-a", value: "a\r\nb" }]],
  ["x a", [{ key: "x a", value: "v" }]],
  ["cloudfront-viewer-country", [{ value: "DE" }]],
])("a request with the header %s: %j is invalid", (name, entries) => {
  expect(judge({ ...original(), headers: { ...original().headers, [name]: entries } })).toEqual(INVALID);
});

test.each([null, undefined, 1, "text", [], {}, true])("refuses %j as a result", (result) => {
  expect(judge(result)).toEqual(INVALID);
});

test("uses a response as the function made it", () => {
  const headers = {
    "content-type": [{ key: "Content-Type", value: "application/xml" }],
    "x-two": [{ value: "1" }, { value: "2" }],
  };
  expect(judge({ status: "403", statusDescription: "Forbidden", headers, body: "<Error/>" })).toEqual({
    status: "respond",
    response: {
      status: 403,
      statusDescription: "Forbidden",
      headers: [
        ["Content-Type", "application/xml"],
        ["X-Two", "1"],
        ["X-Two", "2"],
      ],
      body: Buffer.from("<Error/>"),
    },
  });
});

test("a base64 body is decoded", () => {
  expect(judge({ status: "200", body: "aGk=", bodyEncoding: "base64" })).toMatchObject({
    response: { body: Buffer.from("hi") },
  });
});

test.each([
  { status: 200 },
  { status: "99" },
  { status: "100" },
  { status: "600" },
  { status: "abc" },
  { status: "200", statusDescription: "a\r\nb" },
  { status: "200", body: 1 },
  { status: "200", body: "not base64!", bodyEncoding: "base64" },
  { status: "200", body: "a", bodyEncoding: "latin1" },
  { status: "204", body: "a" },
  { status: "200", headers: { "content-length": [{ value: "1" }] } },
  { status: "200", headers: { via: [{ value: "1" }] } },
  { status: "200", headers: "none" },
])("the response %j is invalid", (response) => {
  expect(judge(response)).toEqual(INVALID);
});

test("allows 40 KB of headers and body in a response", () => {
  const headers = { "x-a": [{ key: "x-a", value: "v" }] };
  expect(judge({ status: "200", headers, body: "a".repeat(40 * 1024 - 4) })).toMatchObject({ status: "respond" });
  expect(judge({ status: "200", headers, body: "a".repeat(40 * 1024 - 3) })).toEqual(INVALID);
});
