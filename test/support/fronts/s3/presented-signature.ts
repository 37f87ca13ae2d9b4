import { parametersOf, type RequestHead, valueOf } from "./request-head.ts";
import type { Refusal } from "./s3-refusal.ts";
import { ALGORITHM, type SignatureTerms, UNSIGNED_PAYLOAD } from "./sigv4.ts";

/** A signature as a request presents it. */
export interface PresentedSignature extends SignatureTerms {
  readonly in: "query" | "header";
  readonly accessKeyId: string;
  readonly signature: string;
  /** How long it is good, in seconds from its date; of one in the query only. */
  readonly expiresInSeconds?: number;
}

const ONE_MECHANISM =
  "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified";
/** Longest life of a presigned URL, in seconds: a week. */
const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Reads the signature that a request presents: in its query or in its `Authorization` header, not in both.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
export function readSignature(head: RequestHead): PresentedSignature | { readonly refusal: Refusal } {
  const authorization = valueOf(head, "authorization");
  const inQuery = parametersOf(head).has("X-Amz-Algorithm");
  if (inQuery && authorization !== undefined)
    return refused(400, "InvalidArgument", ONE_MECHANISM, {
      ArgumentName: "Authorization",
      ArgumentValue: authorization,
    });
  if (inQuery) return readFromQuery(head);
  if (authorization !== undefined) return readFromHeader(head, authorization);
  return refused(403, "AccessDenied", "Access Denied");
}

function readFromQuery(head: RequestHead): PresentedSignature | { readonly refusal: Refusal } {
  const malformed = (message: string) => refused(400, "AuthorizationQueryParametersError", message);
  const parameters = parametersOf(head);
  const names = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"] as const;
  const values = names.map((name) => parameters.getAll(`X-Amz-${name}`));
  const [algorithm = "", credential = "", signature = "", date = "", signedHeaders = "", expires = ""] = values.map(
    ([value]) => value ?? "",
  );
  if (values.some(({ length }) => length !== 1))
    return malformed(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  if (algorithm !== ALGORITHM) return malformed(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  const signer = readCredential(credential);
  if (signer === undefined) return malformed("Error parsing the X-Amz-Credential parameter");
  if (!isAmzDate(date)) return malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!/^\d+$/.test(expires)) return malformed("X-Amz-Expires should be a number");
  // The page: from 1 to 604,800.
  if (Number(expires) < 1) return malformed("X-Amz-Expires must be non-negative");
  if (Number(expires) > MAX_EXPIRES_SECONDS)
    return malformed(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  return {
    in: "query",
    ...signer,
    signature,
    date,
    signedHeaders: signedHeaders.split(";"),
    // Seen on AWS: an unsigned x-amz-content-sha256 takes the place of UNSIGNED-PAYLOAD.
    payload: valueOf(head, "x-amz-content-sha256") ?? UNSIGNED_PAYLOAD,
    expiresInSeconds: Number(expires),
  };
}

function readFromHeader(head: RequestHead, authorization: string): PresentedSignature | { readonly refusal: Refusal } {
  const malformed = (message: string) =>
    refused(400, "AuthorizationHeaderMalformed", `The authorization header is malformed; ${message}`);
  const [, credential = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(authorization) ??
    [];
  if (signature === "") return malformed("expecting Credential, SignedHeaders and Signature.");
  const signer = readCredential(credential);
  if (signer === undefined)
    return malformed('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  const date = valueOf(head, "x-amz-date") ?? "";
  if (!isAmzDate(date))
    return refused(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
  const payload = valueOf(head, "x-amz-content-sha256");
  if (payload === undefined)
    return refused(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  return { in: "header", ...signer, signature, date, signedHeaders: signedHeaders.split(";"), payload };
}

function readCredential(credential: string): { readonly accessKeyId: string; readonly scope: string } | undefined {
  const [, accessKeyId, scope] = /^([^/]+)\/(\d{8}\/[^/]+\/[^/]+\/aws4_request)$/.exec(credential) ?? [];
  return accessKeyId === undefined || scope === undefined ? undefined : { accessKeyId, scope };
}

function isAmzDate(text: string): boolean {
  return /^\d{8}T\d{6}Z$/.test(text);
}

function refused(
  status: number,
  code: string,
  message: string,
  details: Readonly<Record<string, string>> = {},
): { readonly refusal: Refusal } {
  return { refusal: { status, code, message, details } };
}
