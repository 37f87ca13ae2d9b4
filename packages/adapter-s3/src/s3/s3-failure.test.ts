import { describe, expect, test } from "vitest";

import {
  accessTo,
  type Answer,
  answer,
  BUCKET,
  cut,
  nonsense,
  reset,
  s3Error,
  startFakeS3,
} from "../../test/fake-s3.ts";
import { refusedEndpoint } from "../../test/refused-endpoint.ts";
import { patient, transports } from "../../test/transports.ts";
import type { S3Access } from "../sdk/s3-client.ts";
import { classifyS3Failure, isMissingKey, isPermanent, mayHaveLanded, statusOf } from "./s3-failure.ts";

describe.each(transports)("through %s, a write that met", (_transport, open) => {
  /** What the transport makes of a failed PUT. */
  async function failureOf(access: S3Access): Promise<unknown> {
    const put = { bucket: BUCKET, key: "key", body: "body", contentType: "text/plain" };
    return open(access)
      .putObject(put, patient)
      .then(
        () => expect.fail("the write should have failed"),
        (error: unknown) => error,
      );
  }

  test.each<[string, Answer, { landed: boolean; permanent: boolean }]>([
    ["500 InternalError", s3Error(500, "InternalError"), { landed: true, permanent: false }],
    ["500 without a body", answer(500), { landed: true, permanent: false }],
    ["503 SlowDown", s3Error(503, "SlowDown"), { landed: false, permanent: false }],
    ["503 ServiceUnavailable", s3Error(503, "ServiceUnavailable"), { landed: false, permanent: false }],
    ["503 of another kind", s3Error(503, "InternalError"), { landed: true, permanent: false }],
    ["503 without a body", answer(503), { landed: true, permanent: false }],
    ["503 of a proxy", answer(503, {}, "<html><h1>Unavailable</h1></html>"), { landed: true, permanent: false }],
    ["503 cut in its body", cut(503), { landed: true, permanent: false }],
    ["502", answer(502), { landed: true, permanent: false }],
    ["504", answer(504), { landed: true, permanent: false }],
    [
      "200 with an error in its body",
      answer(200, {}, "<Error><Code>InternalError</Code></Error>"),
      { landed: true, permanent: false },
    ],
    ["200 cut in its body", cut(200), { landed: true, permanent: false }],
    ["a reset", reset, { landed: true, permanent: false }],
    ["no HTTP", nonsense, { landed: true, permanent: false }],
    ["501 NotImplemented", s3Error(501, "NotImplemented"), { landed: false, permanent: true }],
    ["501 without a code", answer(501), { landed: true, permanent: true }],
    ["301 PermanentRedirect", s3Error(301, "PermanentRedirect"), { landed: false, permanent: true }],
    ["307 TemporaryRedirect", s3Error(307, "TemporaryRedirect"), { landed: false, permanent: true }],
    ["400 InvalidRequest", s3Error(400, "InvalidRequest"), { landed: false, permanent: true }],
    ["400 RequestTimeout", s3Error(400, "RequestTimeout"), { landed: false, permanent: false }],
    ["403 AccessDenied", s3Error(403, "AccessDenied"), { landed: false, permanent: true }],
    ["403 without a body", answer(403), { landed: false, permanent: true }],
    ["404 NoSuchKey", s3Error(404, "NoSuchKey"), { landed: false, permanent: false }],
    ["404 NoSuchBucket", s3Error(404, "NoSuchBucket"), { landed: false, permanent: true }],
    ["405", s3Error(405, "MethodNotAllowed"), { landed: false, permanent: true }],
    ["408", answer(408), { landed: false, permanent: false }],
    ["409 ConditionalRequestConflict", s3Error(409, "ConditionalRequestConflict"), { landed: false, permanent: false }],
    ["412 PreconditionFailed", s3Error(412, "PreconditionFailed"), { landed: false, permanent: false }],
    ["429", s3Error(429, "TooManyRequests"), { landed: false, permanent: false }],
  ])("%s", async (_name, failure, { landed, permanent }) => {
    const server = await startFakeS3({ PutObject: [failure] });
    const error = await failureOf(server.access);
    expect({ landed: mayHaveLanded(error), permanent: isPermanent(error) }).toEqual({ landed, permanent });
  });

  test("a refused connection has not landed", async () => {
    const error = await failureOf(accessTo(await refusedEndpoint()));
    expect(mayHaveLanded(error)).toBe(false);
    expect(isPermanent(error)).toBe(false);
  });

  test("an unknown host name has not landed", async () => {
    const error = await failureOf(accessTo("http://nowhere.invalid"));
    expect(mayHaveLanded(error)).toBe(false);
  });

  test("missing credentials have not landed, and are permanent", async () => {
    const error = Object.assign(new Error("none"), { name: "CredentialsProviderError" });
    const access = { ...accessTo("http://127.0.0.1:1"), credentials: () => Promise.reject(error) };
    const seen = await failureOf(access);
    expect(mayHaveLanded(seen)).toBe(false);
    expect(isPermanent(seen)).toBe(true);
  });
});

describe("from a client that retries by itself", () => {
  const afterTwo = { $metadata: { attempts: 2 } };

  test.each([
    ["503 SlowDown", { name: "SlowDown", $metadata: { httpStatusCode: 503, attempts: 2 } }],
    ["412", { name: "PreconditionFailed", $metadata: { httpStatusCode: 412, attempts: 2 } }],
    ["a refused connection", { code: "ECONNREFUSED", ...afterTwo }],
    ["missing credentials", { name: "CredentialsProviderError", ...afterTwo }],
  ])("%s does not tell the outcome of earlier attempts", (_name, error) => {
    expect(mayHaveLanded(error)).toBe(true);
  });
});

describe("a lost route", () => {
  test("before the connection was made has not landed", () => {
    expect(mayHaveLanded({ code: "ENETUNREACH", syscall: "connect" })).toBe(false);
  });

  test.each(["read", "write"])("noticed by a %s may have landed", (syscall) => {
    expect(mayHaveLanded({ code: "EHOSTUNREACH", syscall })).toBe(true);
  });
});

describe("a missing key", () => {
  test.each(["NoSuchKey", "NoSuchVersion", "NotFound"])("is a 404 named %s", (name) => {
    expect(isMissingKey({ name, $metadata: { httpStatusCode: 404 } })).toBe(true);
  });

  test.each([
    ["a 404 about the bucket", { name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } }],
    ["a 404 that could not be read", { name: "Error", $metadata: { httpStatusCode: 404 } }],
    ["a 403", { name: "AccessDenied", $metadata: { httpStatusCode: 403 } }],
    ["the same name without an answer", { name: "NotFound" }],
    ["nothing at all", undefined],
  ])("is not %s", (_name, error) => {
    expect(isMissingKey(error)).toBe(false);
  });
});

test.each([undefined, null, "a text", 7])("%j, thrown instead of an Error, may have landed", (thrown) => {
  expect(statusOf(thrown)).toBeUndefined();
  expect(mayHaveLanded(thrown)).toBe(true);
  expect(isPermanent(thrown)).toBe(false);
});

describe("a failure is classified", () => {
  test.each([
    ["no-credentials", { name: "CredentialsProviderError" }],
    ["no-credentials", { name: "TokenProviderError" }],
    ["not-connected", { name: "Error", code: "ECONNREFUSED" }],
    ["not-connected", { name: "Error", code: "SELF_SIGNED_CERT_IN_CHAIN" }],
    ["missing-key", { name: "NoSuchKey", status: 404 }],
    ["missing-bucket", { name: "NoSuchBucket", status: 404 }],
    ["wrong-region", { name: "AuthorizationHeaderMalformed", status: 400 }],
    ["wrong-region", { name: "UnknownError", status: 301 }],
    ["wrong-region", { name: "TemporaryRedirect", status: 307 }],
    ["clock-skewed", { name: "RequestTimeTooSkewed", status: 403 }],
    ["unknown-caller", { name: "ExpiredToken", status: 400 }],
    ["unknown-caller", { name: "UnknownError", status: 401 }],
    ["forbidden", { name: "AccessDenied", status: 403 }],
    ["not-implemented", { name: "NotImplemented", status: 501 }],
    ["refused", { name: "InvalidRequest", status: 400 }],
    ["uncertain", { name: "RequestTimeout", status: 400 }],
    ["uncertain", { name: "NoSuchBucket", status: 500 }],
    ["uncertain", { name: "UnknownError", status: 404 }],
    ["uncertain", { name: "Error", code: "ECONNRESET" }],
  ])("as %s: %j", (kind, error) => {
    expect(classifyS3Failure(error).kind).toBe(kind);
  });

  test("a server cannot name a failure of its own credentials", () => {
    expect(mayHaveLanded({ name: "CredentialsProviderError", status: 500 })).toBe(true);
  });

  test("with its words, without texts that are no plain words", () => {
    expect(classifyS3Failure({ name: "AccessDenied", code: "E1", status: 403 }).words).toEqual([
      "AccessDenied",
      "E1",
      "403",
    ]);
    expect(classifyS3Failure({ name: "https://planted?a", code: 7, status: "403" }).words).toEqual([]);
  });
});
