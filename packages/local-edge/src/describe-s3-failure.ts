import { classifyS3Failure } from "@presign-once/adapter-s3/failures";

import { LocalEdgeError, type LocalEdgeErrorCode } from "./local-edge-error.ts";

/**
 * Says in one line why a bucket could not be read, and what to change.
 *
 * @param failure  what the AWS SDK threw
 */
export function describeS3Failure(
  failure: unknown,
  target: { endpoint: string; bucket: string; region: string },
): LocalEdgeError {
  const { endpoint, bucket, region } = target;
  const { kind, name, status, words } = classifyS3Failure(failure);
  const error = (code: LocalEdgeErrorCode, message: string): LocalEdgeError =>
    new LocalEdgeError(code, message, { cause: failure });

  if (kind === "missing-bucket" || status === 404)
    return error(
      "BUCKET_MISSING",
      `there is no bucket ${bucket} at ${endpoint}: create it, or name another one with --bucket`,
    );
  if (kind === "wrong-region")
    return error("S3_REFUSED", `the bucket ${bucket} is not in region ${region}: name its region with --region`);
  if (kind === "no-credentials" || kind === "unknown-caller" || status === 401 || status === 403)
    return error(
      "CREDENTIALS_REFUSED",
      `${endpoint} refuses these credentials for bucket ${bucket} (${name || status}): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and that they may list the bucket`,
    );
  if (status === undefined)
    return error(
      "ENDPOINT_UNREACHABLE",
      `no S3 server answers at ${endpoint} (${words.at(-1) ?? "no answer"}): start it, or correct --s3-endpoint`,
    );
  return error(
    "S3_REFUSED",
    `${endpoint} answers ${status} ${name} when asked for bucket ${bucket}: see that server's own log`,
  );
}
