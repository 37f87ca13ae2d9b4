import { PresignOnceError } from "@presign-once/core";
import { describe, expect, test } from "vitest";

import { describeS3Failure } from "./describe-s3-failure.ts";

const PLACE = { bucket: "some-index", region: "eu-west-1", endpoint: "http://user:planted@127.0.0.1:9000/planted" };

/** What a failed request throws. */
function failure(name: string, status?: number, code?: string): Error {
  return Object.assign(new Error("https://planted?X-Amz-Signature=planted"), {
    name,
    ...(status === undefined ? {} : { status }),
    ...(code && { code }),
  });
}

describe("a failure that needs a fix exits with 2, and names the fix", () => {
  const causes: [cause: unknown, line: RegExp][] = [
    [failure("NoSuchBucket", 404), /^127\.0\.0\.1:9000 has no bucket some-index: correct --bucket/],
    [
      failure("AccessDenied", 403),
      /denies access to the bucket some-index \(AccessDenied 403\): these credentials lack s3:GetObject/,
    ],
    [
      failure("", 403),
      /denies access to the bucket some-index \(403\): these credentials are wrong, or lack s3:GetObject/,
    ],
    [failure("PermanentRedirect", 301), /some-index is not in the region eu-west-1 \(.*\): correct --region$/],
    [failure("AuthorizationHeaderMalformed", 400), /is not in the region eu-west-1/],
    [failure("UnknownError", 301), /is not in the region eu-west-1/],
    [failure("InvalidAccessKeyId", 403), /does not accept these credentials \(InvalidAccessKeyId 403\)/],
    [failure("ExpiredToken", 400), /does not accept these credentials/],
    [failure("Unauthorized", 401), /does not accept these credentials/],
    [failure("RequestTimeTooSkewed", 403), /clock is wrong/],
    [failure("CredentialsProviderError"), /^no AWS credentials \(CredentialsProviderError\): set AWS_PROFILE/],
    [failure("Error", undefined, "ECONNREFUSED"), /^no S3 server answers at 127\.0\.0\.1:9000 \(ECONNREFUSED\)/],
    [failure("Error", undefined, "ENOTFOUND"), /^no S3 server answers .* \(ENOTFOUND\)/],
    [failure("Error", undefined, "DEPTH_ZERO_SELF_SIGNED_CERT"), /^no S3 server answers /],
    [failure("NotImplemented", 501), /does not offer what this strategy needs/],
    [failure("InvalidRequest", 400), /refuses the request \(InvalidRequest 400\)/],
    [new PresignOnceError("INDEX_MISCONFIGURED", "Versioning is off"), /^Versioning is off$/],
  ];
  test.each(causes)("%s", (cause, line) => {
    const told = describeS3Failure(cause, PLACE);
    expect(told.exitCode).toBe(2);
    expect(told.line).toMatch(line);
    expect(told.line).not.toMatch(/planted|\n/);
  });
});

describe("a failure that may pass exits with 8, and says to ask again", () => {
  const causes: [cause: unknown, reason: string][] = [
    [failure("SlowDown", 503), "SlowDown 503"],
    [failure("InternalError", 500), "InternalError 500"],
    [failure("TimeoutError"), "TimeoutError"],
    [failure("Error", undefined, "ECONNRESET"), "ECONNRESET"],
    [failure("ConditionalRequestConflict", 409), "ConditionalRequestConflict 409"],
    [failure("PreconditionFailed", 412), "PreconditionFailed 412"],
    [failure("<planted>", 404), "404"],
    ["planted", "no answer"],
    [undefined, "no answer"],
  ];
  test.each(causes)("%s", (cause, reason) => {
    const told = describeS3Failure(cause, PLACE);
    expect(told).toEqual({ exitCode: 8, line: `127.0.0.1:9000 gave no certain answer (${reason}): ask again` });
  });
});

test("an entry with foreign bytes is a fault", () => {
  const cause = new PresignOnceError("INDEX_UNREADABLE", "An index entry holds something else");
  expect(describeS3Failure(cause, PLACE)).toEqual({ exitCode: 1, line: "An index entry holds something else" });
});

test("names the S3 of the region if there is no endpoint", () => {
  expect(describeS3Failure(failure("NoSuchBucket", 404), { ...PLACE, endpoint: undefined }).line).toMatch(
    /^S3 in eu-west-1 has no bucket/,
  );
});
