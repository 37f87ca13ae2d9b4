import type { ViewerRequest } from "@presign-once/adapter-edge";

import { expectedSignature } from "../../packages/adapter-s3/test/verify-sigv4.ts";

/** Most that S3 takes of headers in one PUT, in bytes. */
const MAX_HEADER_BYTES = 8_192;
/** What CloudFront adds of its own, in bytes: Host, Via, X-Forwarded-For, X-Amz-Cf-Id, Connection, User-Agent. */
const ADDED_BYTES = 500;

/**
 * What S3 would say to a request that the edge passed on, by the letter of its documentation: `stored`, or why not.
 *
 * It knows no bodies and no buckets; it knows which requests it could not authenticate, and those are the ones that it
 * would repeat in its answer.
 *
 * @param request          as the verify handler returned it
 * @param origin.host      that CloudFront puts in the place of the viewer's
 * @param origin.secretAccessKey  that the URL was signed with
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function answerOf(
  request: ViewerRequest,
  origin: { readonly host: string; readonly secretAccessKey: string },
): string {
  const parameters = new URLSearchParams(request.querystring);
  const headers: Record<string, string> = { host: origin.host };
  for (const [name, fields] of Object.entries(request.headers)) {
    if (name === "host") continue;
    headers[name] = fields.map(({ value }) => value.trim().replace(/ +/g, " ")).join(",");
  }
  const signed = (parameters.get("X-Amz-SignedHeaders") ?? "").split(";");
  if (request.method !== "PUT") return "MethodNotAllowed";
  const bytes = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(`${name}: ${value}\r\n`),
    ADDED_BYTES,
  );
  if (bytes > MAX_HEADER_BYTES) return "RequestHeaderSectionTooLarge";
  if ("authorization" in headers) return "InvalidArgument: Only one auth mechanism allowed";
  if (!/^\d+$/.test(headers["content-length"] ?? "")) return "MissingContentLength";
  if ("transfer-encoding" in headers) return "NotImplemented";
  if (
    Object.keys(headers).some(
      (name) => name.startsWith("x-amz-") && !name.startsWith("x-amz-cf-") && !signed.includes(name),
    )
  )
    return "AccessDenied: There were headers present in the request which were not signed";
  if ([...parameters.keys()].some((name) => name === "x-once-tag")) return "SignatureDoesNotMatch";
  const expected = expectedSignature(
    { method: request.method, path: request.uri, query: request.querystring, headers },
    origin.secretAccessKey,
  );
  return expected === parameters.get("X-Amz-Signature") ? "stored" : "SignatureDoesNotMatch";
}
