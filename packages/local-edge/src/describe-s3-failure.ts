import { LocalEdgeError } from "./local-edge-error.ts";

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
  const options = { cause: failure };
  const name = failure instanceof Error ? failure.name : "";
  const { $metadata, code } = (failure ?? {}) as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  const status = $metadata?.httpStatusCode;
  if (name === "NoSuchBucket" || status === 404) {
    return new LocalEdgeError(
      "BUCKET_MISSING",
      `there is no bucket ${bucket} at ${endpoint}: create it, or name another one with --bucket`,
      options,
    );
  }
  if (name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed" || status === 301) {
    return new LocalEdgeError(
      "S3_REFUSED",
      `the bucket ${bucket} is not in region ${region}: name its region with --region`,
      options,
    );
  }
  if (status === 401 || status === 403) {
    const fix =
      "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and that they may list the bucket";
    return new LocalEdgeError(
      "CREDENTIALS_REFUSED",
      `${endpoint} refuses these credentials for bucket ${bucket} (${name || status}): ${fix}`,
      options,
    );
  }
  if (status === undefined) {
    const reason = typeof code === "string" ? code : name || "no answer";
    return new LocalEdgeError(
      "ENDPOINT_UNREACHABLE",
      `no S3 server answers at ${endpoint} (${reason}): start it, or correct --s3-endpoint`,
      options,
    );
  }
  return new LocalEdgeError(
    "S3_REFUSED",
    `${endpoint} answers ${status} ${name} when asked for bucket ${bucket}: see that server's own log`,
    options,
  );
}
