import { isPermanentFault } from "@presign-once/core";
import { expect, test } from "vitest";

import { explainFailure } from "./explain-failure.ts";

test.each([
  [{ name: "CredentialsProviderError" }, /^no AWS credentials \(CredentialsProviderError\): give /],
  [{ name: "NoSuchBucket", status: 404 }, /^the bucket does not exist \(NoSuchBucket 404\): correct bucket, region/],
  [
    { name: "PermanentRedirect", status: 301 },
    /^S3 does not serve the bucket in this region \(PermanentRedirect 301\): correct the region/,
  ],
  [
    { name: "TemporaryRedirect", status: 307 },
    /^S3 does not serve the bucket in this region \(TemporaryRedirect 307\): .*new bucket/,
  ],
  [
    { name: "AuthorizationHeaderMalformed", status: 400 },
    /^S3 does not serve .* region \(Auth.* 400\): correct the region/,
  ],
  [{ name: "RequestTimeTooSkewed", status: 403 }, /^the clock of this machine is wrong \(.*\): set it$/],
  [{ name: "ExpiredToken", status: 400 }, /does not accept the credentials \(ExpiredToken 400\): replace them/],
  [{ name: "InvalidToken", status: 400 }, /opt-in region/],
  [{ name: "AccessDenied", status: 403 }, /^S3 denies access \(AccessDenied 403\): give the role its rights .*KMS key/],
  [{ name: "NotImplemented", status: 501 }, /lacks an operation \(NotImplemented 501\): run presign-once doctor/],
  [{ name: "KMS.DisabledException", status: 400 }, /^S3 refuses the request \(KMS.DisabledException 400\): .*KMS key/],
])("says what to change after %j", (error, message) => {
  const explained = explainFailure(error);
  expect(explained).toMatchObject({ code: "STORE_REFUSED", message: expect.stringMatching(message), cause: error });
  expect(isPermanentFault(explained)).toBe(true);
});

test.each([
  { name: "SlowDown", status: 503 },
  { name: "Error", code: "ECONNREFUSED" },
  { name: "NoSuchKey", status: 404 },
  undefined,
])("leaves %j as it is, since trying again may help", (error) => {
  expect(explainFailure(error)).toBe(error);
  expect(isPermanentFault(error)).toBe(false);
});
