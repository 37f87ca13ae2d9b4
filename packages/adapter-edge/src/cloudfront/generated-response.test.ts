import { STATUS_CODES } from "node:http";

import { errorAnswer, type Outcome, wireError, type WireError } from "@presign-once/core/http";
import { expect, test } from "vitest";

import { refusalReasons } from "../../../../test/support/refused-uploads.ts";
import { readAnswer, readErrorXml, readWithS3Client } from "../../test/read-answer.ts";
import { generatedResponse } from "./generated-response.ts";

const error: WireError = { status: 400, code: "InvalidRequest", message: "Something is wrong." };

test("converts an answer to CloudFront's form: status as text with description, headers keyed in lower case", () => {
  expect(generatedResponse(errorAnswer(error, "some-id", []))).toEqual({
    status: "400",
    statusDescription: "Bad Request",
    headers: {
      "content-type": [{ key: "Content-Type", value: "application/xml" }],
      "cache-control": [{ key: "Cache-Control", value: "no-store" }],
    },
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      "<Error><Code>InvalidRequest</Code><Message>Something is wrong.</Message><RequestId>some-id</RequestId></Error>\n",
  });
});

test("escapes markup, also as read by an S3 client", async () => {
  const message = "a < b & c > d &amp; <Code>Another</Code> ]]> \"'";
  const answer = readAnswer(generatedResponse(errorAnswer({ ...error, message }, "<id>&", [])));
  expect(readErrorXml(answer.body)).toEqual({ Code: "InvalidRequest", Message: message, RequestId: "<id>&" });
  expect(await readWithS3Client(answer)).toMatchObject({ name: "InvalidRequest", message });
});

test("describes every status that edge or issuing answer with, as HTTP does", () => {
  const ofIssuing: Outcome[] = ["unauthenticated", "forbidden", "issue-fault"];
  const refused = [...refusalReasons, ...ofIssuing].map((outcome) => wireError(outcome).status);
  for (const status of [200, 204, ...refused])
    expect(generatedResponse({ status, headers: [], body: "" }).statusDescription).toBe(STATUS_CODES[status]);
});
