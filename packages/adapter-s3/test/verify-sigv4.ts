import { createHash, createHmac } from "node:crypto";

/** A request with a signature in its query. */
export interface SignedRequest {
  readonly method: string;
  /** Percent-encoded, as S3 receives it. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Computes the signature that a request should have, from nothing but Node's own hashes and the specification: what S3
 * does with a presigned URL.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function expectedSignature({ method, path, query, headers }: SignedRequest, secretAccessKey: string): string {
  const parameters = new URLSearchParams(query);
  const signedHeaders = parameters.get("X-Amz-SignedHeaders") ?? "";
  const date = parameters.get("X-Amz-Date") ?? "";
  const [, ...scope] = (parameters.get("X-Amz-Credential") ?? "").split("/");
  parameters.delete("X-Amz-Signature");

  const canonicalQuery = [...parameters]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const canonicalHeaders = signedHeaders.split(";").map((name) => `${name}:${headers[name]?.trim()}\n`);
  const canonical = [method, path, canonicalQuery, canonicalHeaders.join(""), signedHeaders, "UNSIGNED-PAYLOAD"].join(
    "\n",
  );
  const digest = createHash("sha256").update(canonical).digest("hex");

  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of scope) key = createHmac("sha256", key).update(part).digest();
  const toSign = ["AWS4-HMAC-SHA256", date, scope.join("/"), digest].join("\n");
  return createHmac("sha256", key).update(toSign).digest("hex");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
