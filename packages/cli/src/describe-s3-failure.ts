import { PresignOnceError } from "@presign-once/core";

import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";

/** What was asked for. */
export interface S3Place {
  readonly bucket: string;
  readonly region: string;
  /** `undefined`: AWS. */
  readonly endpoint: string | undefined;
}

/** Codes by which S3 says that it does not know who is asking. */
const UNKNOWN_CALLER = new Set(["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"]);
/** Codes of a request that went to another region than the bucket's. */
const WRONG_REGION = new Set([
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
]);
/** Codes of a connection that never came to be, for a reason that waiting does not mend. */
const NOT_CONNECTED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|CERT_|DEPTH_|SELF_|ERR_TLS|ERR_SSL)/;
/** Statuses below 500 that may be another one next time, or that speak of the key. */
const PASSING = new Set([404, 408, 409, 412, 429]);

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
  if (failure instanceof PresignOnceError) return { exitCode: exitCodeOf(failure), line: failure.message };
  const { name, code, status } = partsOf(failure);
  const server = endpoint === undefined ? `S3 in ${region}` : new URL(endpoint).host;
  const reason =
    [...new Set([name, code, status])].filter((word) => word !== undefined && word !== "").join(" ") || "no answer";

  if (name.endsWith("ProviderError"))
    return wrong(`no AWS credentials (${name}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`);
  if (name === "NoSuchBucket")
    return wrong(`${server} has no bucket ${bucket}: correct --bucket or --index-bucket, --region or --endpoint`);
  if (WRONG_REGION.has(name) || status === 301)
    return wrong(`the bucket ${bucket} is not in the region ${region} (${reason}): correct --region`);
  if (name === "RequestTimeTooSkewed")
    return wrong(`${server} finds that this machine's clock is wrong (${name}): set it right`);
  if (UNKNOWN_CALLER.has(name) || status === 401)
    return wrong(`${server} does not accept these credentials (${reason}): sign in again`);
  if (status === 403) {
    // A HEAD is answered without a code, and so without a word on which of the two it is.
    const fault = name === "AccessDenied" ? "these credentials lack" : "these credentials are wrong, or lack";
    return wrong(
      `${server} denies access to the bucket ${bucket} (${reason}): ${fault} s3:GetObject and s3:ListBucket there, or s3:PutObject to write`,
    );
  }
  if (status === undefined && code !== undefined && NOT_CONNECTED.test(code))
    return wrong(`no S3 server answers at ${server} (${code}): correct --endpoint or --region, or the network`);
  if (status === 501) return wrong(`${server} does not offer what this strategy needs (${reason}): correct --strategy`);
  if (status !== undefined && status >= 400 && status < 500 && !PASSING.has(status))
    return wrong(`${server} refuses the request (${reason}): correct the settings`);
  return { exitCode: EXIT_CODES.undecided, line: `${server} gave no certain answer (${reason}): ask again` };
}

function wrong(line: string): { exitCode: ExitCode; line: string } {
  return { exitCode: EXIT_CODES.wrong, line };
}

function exitCodeOf({ code }: PresignOnceError): ExitCode {
  return code === "INDEX_UNREADABLE" ? EXIT_CODES.fault : EXIT_CODES.wrong;
}

function partsOf(failure: unknown): {
  readonly name: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
} {
  const { name, code, $metadata } = (failure ?? {}) as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  return { name: wordOf(name) ?? "", code: wordOf(code), status };
}

/** Names and codes may be the server's; whatever is no plain word is not repeated. */
function wordOf(text: unknown): string | undefined {
  return typeof text === "string" && /^[\w.-]{1,64}$/.test(text) && text !== "Error" ? text : undefined;
}
