import { expect, test } from "vitest";

import { errorAnswer, type WireError } from "./wire-error.ts";

const error: WireError = { status: 400, code: "InvalidRequest", message: "Something is wrong." };

test("has S3's elements and a content type, and forbids caching", () => {
  expect(errorAnswer(error, "some-id", [])).toEqual({
    status: 400,
    headers: [
      ["Content-Type", "application/xml"],
      ["Cache-Control", "no-store"],
    ],
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      "<Error><Code>InvalidRequest</Code><Message>Something is wrong.</Message><RequestId>some-id</RequestId></Error>\n",
  });
});

test("has the same fields in JSON", () => {
  const { headers, body } = errorAnswer(error, "some-id", [], "json");
  expect(headers).toContainEqual(["Content-Type", "application/json"]);
  expect(JSON.parse(body)).toEqual({ code: "InvalidRequest", message: "Something is wrong.", requestId: "some-id" });
});

test("adds headers of the error and of CORS", () => {
  const { headers } = errorAnswer({ ...error, headers: [["Allow", "PUT"]] }, "id", [["Vary", "Origin"]]);
  expect(headers.slice(2)).toEqual([
    ["Allow", "PUT"],
    ["Vary", "Origin"],
  ]);
});

test("escapes markup in a text", () => {
  const { body } = errorAnswer({ ...error, message: "a < b & c > d </Message>" }, "<id>&", []);
  expect(body).toContain(
    "<Message>a &lt; b &amp; c &gt; d &lt;/Message&gt;</Message><RequestId>&lt;id&gt;&amp;</RequestId>",
  );
});
