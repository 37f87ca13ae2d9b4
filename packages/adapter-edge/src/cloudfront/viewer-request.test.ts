import { PresignOnceError } from "@presign-once/core";
import { parseEdgeConfig } from "@presign-once/settings";
import { describe, expect, test } from "vitest";

import { settings } from "../../../../test/support/edge-settings.ts";
import { eventOf, REQUEST_ID, viewerEvent } from "../../../../test/support/viewer-event.ts";
import { composeIssue, composeVerify } from "../functions/composition.ts";
import { headerFields, readViewerRequest, toCloudFrontHeaders } from "./viewer-request.ts";

const event = viewerEvent({
  url: "https://edge.example/uploads/1?a=b",
  headers: [
    ["X-One", "1"],
    ["x-one", "2"],
  ],
});
const { config, request } = event.Records[0].cf;

test("reads the request and its id from an event unchanged", () => {
  expect(readViewerRequest(event)).toEqual({ requestId: REQUEST_ID, request });
  expect(readViewerRequest(event).request).toBe(request);
});

test("truncates a request id, because log lines and answers contain it", () => {
  expect(readViewerRequest(eventOf(request, "x".repeat(1_000_000))).requestId).toBe("x".repeat(128));
});

/** Everything that a function may be attached to or invoked with by mistake. */
const others: readonly (readonly [what: string, event: unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["a number", 7],
  ["a text", "Records"],
  ["an empty object", {}],
  ["no records", { Records: [] }],
  ["records that are none", { Records: "records" }],
  ["a record of nothing", { Records: [null] }],
  ["a record without cf", { Records: [{}] }],
  ["a cf that is null", { Records: [{ cf: null }] }],
  ["an origin-request event", withConfig({ eventType: "origin-request" })],
  ["a viewer-response event", withConfig({ eventType: "viewer-response" })],
  ["an event without a type", withConfig({ eventType: undefined })],
  ["an event without a request id", withConfig({ requestId: undefined })],
  ["an event whose request id is no text", withConfig({ requestId: { a: 1 } })],
  ["an event without a config", { Records: [{ cf: { request } }] }],
  ["an event without a request", { Records: [{ cf: { config } }] }],
  ["a request that is null", { Records: [{ cf: { config, request: null } }] }],
  ...(["method", "uri", "querystring", "headers"] as const).flatMap((field): [string, unknown][] => [
    [`a request without ${field}`, withRequest({ [field]: undefined })],
    [`a request whose ${field} is null`, withRequest({ [field]: null })],
    [`a request whose ${field} is a number`, withRequest({ [field]: 7 })],
  ]),
  ["headers that are a list", withRequest({ headers: [] })],
  ["a header that is a text", withRequest({ headers: { host: "edge.example" } })],
  ["a header that is null", withRequest({ headers: { host: null } })],
  ["a header with a field that is null", withRequest({ headers: { host: [null] } })],
  ["a header with a field without value", withRequest({ headers: { host: [{ key: "Host" }] } })],
  ["a header whose value is a number", withRequest({ headers: { host: [{ key: "Host", value: 7 }] } })],
  [
    "an S3 event",
    { Records: [{ eventSource: "aws:s3", s3: { bucket: { name: "some-uploads" }, object: { key: "k" } } }] },
  ],
  [
    "an API Gateway event",
    { version: "2.0", rawPath: "/url", requestContext: { http: { method: "GET" } }, headers: {} },
  ],
  [
    "a CloudFront Functions event",
    { version: "1.0", context: { eventType: "viewer-request" }, request: { method: "GET" } },
  ],
];

describe("refuses other events with EVENT_INVALID, which says what to do:", () => {
  const composed = [composeIssue, composeVerify].map((compose) => compose(parseEdgeConfig(settings()), () => {}));

  test.each(others)("%s", async (_what, wrong) => {
    for (const handler of [async (anything: unknown) => readViewerRequest(anything), ...composed])
      await expect(handler(wrong)).rejects.toSatisfy(
        (error) =>
          error instanceof PresignOnceError &&
          error.code === "EVENT_INVALID" &&
          error.message.includes("attach this function to the viewer-request trigger of a cache behaviour"),
      );
  });
});

test("lists headers in order, with repeated ones, names in lower case", () => {
  const headers = {
    host: [{ key: "Host", value: "edge.example" }],
    "x-one": [{ key: "X-One", value: "1" }, { value: "" }, { key: "x-one", value: "3" }],
    "X-Two": [{ key: "X-Two", value: "é" }],
    "x-none": [],
  };
  expect(headerFields(headers)).toEqual([
    ["host", "edge.example"],
    ["x-one", "1"],
    ["x-one", ""],
    ["x-one", "3"],
    ["x-two", "é"],
  ]);
});

test("keys headers of answers in lower case, and keeps their original names", () => {
  expect(
    toCloudFrontHeaders([
      ["Content-Type", "text/plain"],
      ["allow", "PUT"],
    ]),
  ).toEqual({
    "content-type": [{ key: "Content-Type", value: "text/plain" }],
    allow: [{ key: "allow", value: "PUT" }],
  });
});

function withConfig(changes: object): unknown {
  return { Records: [{ cf: { config: { ...config, ...changes }, request } }] };
}

function withRequest(changes: object): unknown {
  return { Records: [{ cf: { config, request: { ...request, ...changes } } }] };
}
