import { expect, test } from "vitest";

import { readError } from "./read-error.ts";

function read(body: string, details: { status?: number; retryAfter?: string | null } = {}) {
  const { code, message, status, retryAfterSeconds } = readError(
    { status: 403, retryAfter: null, body, ...details },
    "UploadRefused",
  );
  return { code, message, status, retryAfterSeconds };
}

test("reads code and message from S3's XML, with entities decoded", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>a &lt; b &amp;amp; &quot;c&quot;</Message><RequestId>r</RequestId></Error>`;
  expect(read(xml)).toEqual({
    code: "NoSuchKey",
    message: 'a < b &amp; "c"',
    status: 403,
    retryAfterSeconds: undefined,
  });
});

test("reads code and message from JSON, with escapes decoded", () => {
  expect(read(JSON.stringify({ code: "InvalidArgument", message: 'max-bytes: "x"\n' }))).toMatchObject({
    code: "InvalidArgument",
    message: 'max-bytes: "x"\n',
  });
});

test.each([
  "",
  "<!doctype html><title>502</title><Code>NotOurs</Code>",
  "{",
  "{}",
  '{"code":7,"message":null}',
  "[1]",
  "<Error></Error>",
])("reports the status for %j", (body) => {
  expect(read(body, { status: 502 })).toMatchObject({
    code: "UploadRefused",
    message: "The server answered 502.",
    status: 502,
  });
});

test.each([
  ["2", 2],
  ["0", 0],
  [null, undefined],
  ["", undefined],
  ["soon", undefined],
  ["-1", undefined],
  ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
])("Retry-After %j is %s seconds", (retryAfter, seconds) => {
  expect(read("", { status: 503, retryAfter }).retryAfterSeconds).toBe(seconds);
});
