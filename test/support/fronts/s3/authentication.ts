import { type PresentedSignature, readSignature } from "./presented-signature.ts";
import { type RequestHead, valueOf } from "./request-head.ts";
import type { Refusal } from "./s3-refusal.ts";
import { computeSignature } from "./sigv4.ts";

/** Who may sign, and for which region. */
export interface S3Account {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** How far a clock may be off, in milliseconds. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const MAX_SKEW_MS = 15 * 60_000;

/**
 * Finds why S3 would not take the signature of a request: malformed, too early or too late, for another region, of an
 * unknown key, not over all that it has to cover, or wrong. A wrong one is answered with everything that S3 computed it over,
 * the values of headers included.
 *
 * The order of the checks is ours: AWS documents none.
 *
 * @param nowMs  the time at S3, in milliseconds
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function findAuthFault(head: RequestHead, account: S3Account, nowMs: number): Refusal | undefined {
  const presented = readSignature(head);
  if ("refusal" in presented) return presented.refusal;
  return (
    findScopeFault(presented, account) ??
    findTimeFault(presented, nowMs) ??
    findUnsignedHeaders(head, presented) ??
    findSignatureFault(head, presented, account)
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function findScopeFault(presented: PresentedSignature, { region }: S3Account): Refusal | undefined {
  const [day, signedRegion = "", service = ""] = presented.scope.split("/");
  const malformed = (message: string, details = {}): Refusal => ({
    status: 400,
    code: presented.in === "query" ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed",
    message,
    details,
  });
  if (service !== "s3") return malformed(`incorrect service "${service}". This endpoint belongs to "s3".`);
  if (signedRegion !== region)
    return malformed(`the region '${signedRegion}' is wrong; expecting '${region}'`, { Region: region });
  if (day !== presented.date.slice(0, 8))
    return malformed("Invalid credential date. This date is not the same as X-Amz-Date.");
  return undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function findTimeFault({ date, expiresInSeconds }: PresentedSignature, nowMs: number): Refusal | undefined {
  const signedMs = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const times = { ServerTime: new Date(nowMs).toISOString() };
  const denied = (message: string, details = {}): Refusal => ({
    status: 403,
    code: "AccessDenied",
    message,
    details: { ...details, ...times },
  });
  if (expiresInSeconds === undefined)
    return Math.abs(nowMs - signedMs) <= MAX_SKEW_MS
      ? undefined
      : {
          status: 403,
          code: "RequestTimeTooSkewed",
          message: "The difference between the request time and the current time is too large.",
          details: { RequestTime: date, ...times, MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS) },
        };
  if (!(signedMs - nowMs <= MAX_SKEW_MS)) return denied("Request is not yet valid");
  const endMs = signedMs + expiresInSeconds * 1_000;
  if (nowMs > endMs)
    return denied("Request has expired", {
      "X-Amz-Expires": String(expiresInSeconds),
      Expires: new Date(endMs).toISOString(),
    });
  return undefined;
}

/**
 * Names the headers of a request that must be signed, and are not: `host`, every `x-amz-*` header and, as AWS answers though no
 * page says so, `content-md5`.
 *
 * Not counted: `x-amz-content-sha256` beside a signature in the query, where AWS finds a wrong signature instead; and
 * `x-amz-cf-*`, which CloudFront adds. AWS's own code signs `x-amz-cf-id` for an origin of type custom, where S3 refuses it
 * unsigned, and leaves it unsigned for one of type S3, which is what the stack makes.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @see https://github.com/aws/aws-sdk-php/issues/1392 for `content-md5`
 * @see https://aws.amazon.com/blogs/networking-and-content-delivery/serving-sse-kms-encrypted-content-from-s3-using-cloudfront/
 * @see https://github.com/FineUploader/fine-uploader/issues/1016 for `x-amz-cf-id` refused
 * @see https://advancedweb.hu/how-to-use-s3-signed-urls-with-cloudfront/ for presigned requests through an origin of type S3
 */
function findUnsignedHeaders({ fields }: RequestHead, presented: PresentedSignature): Refusal | undefined {
  const isExempt = (name: string) =>
    name.startsWith("x-amz-cf-") || (presented.in === "query" && name === "x-amz-content-sha256");
  const mustBeSigned = new Set([
    "host",
    ...fields.map(([name]) => name).filter((name) => /^(x-amz-|content-md5$)/.test(name)),
  ]);
  const unsigned = [...mustBeSigned]
    .filter((name) => !isExempt(name) && !presented.signedHeaders.includes(name))
    .sort();
  if (unsigned.length === 0) return undefined;
  return {
    status: 403,
    code: "AccessDenied",
    message: "There were headers present in the request which were not signed",
    details: { HeadersNotSigned: unsigned.join(", ") },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function findSignatureFault(
  head: RequestHead,
  presented: PresentedSignature,
  { credentials }: S3Account,
): Refusal | undefined {
  if (presented.accessKeyId !== credentials.accessKeyId)
    return {
      status: 403,
      code: "InvalidAccessKeyId",
      message: "The AWS Access Key Id you provided does not exist in our records.",
      details: { AWSAccessKeyId: presented.accessKeyId },
    };
  const { signature, stringToSign, canonicalRequest } = computeSignature(head, presented, credentials.secretAccessKey);
  // A signed header that was not sent has no value; S3 does not take an empty one in its place.
  const isMissing = presented.signedHeaders.some((name) => valueOf(head, name) === undefined);
  if (signature === presented.signature && !isMissing) return undefined;
  return {
    status: 403,
    code: "SignatureDoesNotMatch",
    message:
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    details: {
      AWSAccessKeyId: presented.accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: presented.signature,
      StringToSignBytes: hexBytes(stringToSign),
      CanonicalRequest: canonicalRequest,
      CanonicalRequestBytes: hexBytes(canonicalRequest),
    },
  };
}

function hexBytes(text: string): string {
  return [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
