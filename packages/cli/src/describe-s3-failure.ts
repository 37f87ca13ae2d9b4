import { classifyS3Failure } from "@presign-once/adapter-s3/failures";
import { PresignOnceError } from "@presign-once/core";

import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";

/** What was asked for. */
export interface S3Place {
  readonly bucket: string;
  readonly region: string;
  /** `undefined`: AWS. */
  readonly endpoint: string | undefined;
}

/**
 * Says in one line why S3 gave no answer, and what to change.
 *
 * @param failure  what the index gave as its cause; only names, codes and a status are taken from it
 * @returns        the exit code too: 8 where asking again may help, 2 where something has to be set right first
 */
export function describeS3Failure(
  failure: unknown,
  { bucket, region, endpoint }: S3Place,
): { readonly exitCode: ExitCode; readonly line: string } {
  if (failure instanceof PresignOnceError && failure.code === "STORE_REFUSED")
    return describeS3Failure(failure.cause, { bucket, region, endpoint }); // the same in this command's own words
  if (failure instanceof PresignOnceError) return { exitCode: exitCodeOf(failure), line: failure.message };
  const { kind, name, words } = classifyS3Failure(failure);
  const server = endpoint === undefined ? `S3 in ${region}` : new URL(endpoint).host;
  const reason = words.join(" ") || "no answer";
  switch (kind) {
    case "no-credentials":
      return wrong(`no AWS credentials (${name}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`);
    case "missing-bucket":
      return wrong(`${server} has no bucket ${bucket}: correct --bucket or --index-bucket, --region or --endpoint`);
    case "wrong-region":
      return wrong(`the bucket ${bucket} is not in the region ${region} (${reason}): correct --region`);
    case "clock-skewed":
      return wrong(`${server} finds that this machine's clock is wrong (${name}): set it right`);
    case "unknown-caller":
      return wrong(`${server} does not accept these credentials (${reason}): sign in again`);
    case "forbidden": {
      // A HEAD is answered without a code, and so without a word on which of the two it is.
      const fault = name === "AccessDenied" ? "these credentials lack" : "these credentials are wrong, or lack";
      return wrong(
        `${server} denies access to the bucket ${bucket} (${reason}): ${fault} s3:GetObject and s3:ListBucket there, or s3:PutObject to write`,
      );
    }
    case "not-connected":
      return wrong(
        `no S3 server answers at ${server} (${words.at(-1)}): correct --endpoint or --region, or the network`,
      );
    case "not-implemented":
      return wrong(`${server} does not offer what this strategy needs (${reason}): correct --strategy`);
    case "refused":
      return wrong(`${server} refuses the request (${reason}): correct the settings`);
    case "missing-key":
    case "uncertain":
      return { exitCode: EXIT_CODES.undecided, line: `${server} gave no certain answer (${reason}): ask again` };
  }
}

function wrong(line: string): { exitCode: ExitCode; line: string } {
  return { exitCode: EXIT_CODES.wrong, line };
}

function exitCodeOf({ code }: PresignOnceError): ExitCode {
  return code === "INDEX_UNREADABLE" ? EXIT_CODES.fault : EXIT_CODES.wrong;
}
