import type { DiagnosisCode } from "./diagnoses.ts";
import type { ErrorBody } from "./error-body.ts";
import { explainSignature } from "./explain-signature.ts";
import type { HttpRequest } from "./http-message.ts";

/** A diagnosis, and what was seen of it in one line. */
export interface Explanation {
  readonly code: DiagnosisCode;
  readonly seen: string;
}

/** What S3's error codes mean here, where the code alone says it. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const BY_CODE: Readonly<Record<string, DiagnosisCode>> = {
  InvalidAccessKeyId: "signature-refused",
  ExpiredToken: "credentials-expired",
  InvalidToken: "credentials-refused",
  TokenRefreshRequired: "credentials-expired",
  TemporaryRedirect: "bucket-not-ready",
  PermanentRedirect: "region-wrong",
  AuthorizationHeaderMalformed: "region-wrong",
  AuthorizationQueryParametersError: "region-wrong",
  IllegalLocationConstraintException: "region-wrong",
  NoSuchBucket: "bucket-missing",
  SlowDown: "s3-busy",
  ServiceUnavailable: "s3-busy",
  InternalError: "s3-busy",
};

/**
 * Explains an error that S3 itself answered with, from its XML.
 *
 * @param error    as S3 wrote it
 * @param request  as it was sent to the edge
 * @returns        what is wrong; `seen` names codes, headers and parameters, and never a signature, a token or the lock
 */
export function explainS3Error(error: ErrorBody, status: number, request: HttpRequest): Explanation {
  const { code, message } = error;
  const seen = `S3 answered ${status} ${plain(code)}`;
  if (code === "SignatureDoesNotMatch") return explainSignature(error, request, seen);
  if (code.startsWith("KMS.")) return { code: "kms-key-unusable", seen };
  if (/^Invalid(?:Argument|Request)$/.test(code)) return explainInvalid(message, seen);
  if (code === "AccessDenied") return explainDenial(error, seen);
  const region = plain(error.field("Region"));
  const place = region === "" ? "" : `: the bucket is in ${region}`;
  return { code: BY_CODE[code] ?? "s3-refused", seen: seen + place };
}

function explainInvalid(message: string, seen: string): Explanation {
  if (/Only one auth mechanism allowed/i.test(message)) return { code: "oac-attached", seen };
  if (/require AWS Signature Version 4/i.test(message)) return { code: "kms-needs-sigv4", seen };
  return { code: "s3-refused", seen };
}

function explainDenial(error: ErrorBody, seen: string): Explanation {
  const unsigned = error.field("HeadersNotSigned");
  if (unsigned !== "" || /headers present in the request which were not signed/i.test(error.message))
    return { code: "headers-not-signed", seen: `${seen}: not signed: ${listed(unsigned)}` };
  // S3 names the action and the identity that it denies: "... is not authorized to perform: kms:GenerateDataKey on ...".
  const action = /not authorized to perform: ([a-z0-9]+:[A-Za-z]+)/.exec(error.message)?.[1];
  return { code: "access-denied", seen: action === undefined ? seen : `${seen}: ${action} is missing` };
}

function listed(names: string): string {
  const each = names.split(/[,;\s]+/).map(plain);
  return each.filter((name) => name !== "").join(", ") || "not named";
}

/** A word of S3's that may be printed; empty where it is something else. */
function plain(word: string): string {
  return /^[A-Za-z0-9._-]{1,64}$/.test(word) ? word : "";
}
