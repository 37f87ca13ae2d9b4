import { createHash, createHmac } from "node:crypto";

import { parametersOf, type RequestHead, valueOf } from "./request-head.ts";

/** The name of the only algorithm. */
export const ALGORITHM = "AWS4-HMAC-SHA256";
/** In place of the digest of a body that is not signed. */
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** What a signature says that it was made of. */
export interface SignatureTerms {
  /** `20260102T030405Z` */
  readonly date: string;
  /** `20260102/eu-west-1/s3/aws4_request` */
  readonly scope: string;
  /** Names of the signed headers, in lower case and in order. */
  readonly signedHeaders: readonly string[];
  /** SHA-256 of the body in hex, or a word in its place. */
  readonly payload: string;
}

/** A signature, and what it was computed over. */
export interface ComputedSignature {
  readonly signature: string;
  readonly stringToSign: string;
  readonly canonicalRequest: string;
}

/**
 * Computes the signature that a request should have, from nothing but Node's own hashes and the specification: what S3
 * does with every request.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function computeSignature(head: RequestHead, terms: SignatureTerms, secretAccessKey: string): ComputedSignature {
  const canonicalRequest = [
    head.method,
    canonicalPath(head.path),
    canonicalQuery(head),
    ...terms.signedHeaders.map((name) => `${name}:${canonicalValue(valueOf(head, name) ?? "")}`),
    "",
    terms.signedHeaders.join(";"),
    terms.payload,
  ].join("\n");
  const stringToSign = [ALGORITHM, terms.date, terms.scope, sha256(canonicalRequest)].join("\n");
  const key = terms.scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return { signature: hmac(key, stringToSign).toString("hex"), stringToSign, canonicalRequest };
}

/** The query as it is signed: decoded, encoded anew, in order, without the signature itself. */
function canonicalQuery(head: RequestHead): string {
  return [...parametersOf(head)]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** S3 does not normalize a path: `//` and `..` are parts of a key. */
function canonicalPath(path: string): string {
  try {
    return path
      .split("/")
      .map((part) => encode(decodeURIComponent(part)))
      .join("/");
  } catch {
    return path;
  }
}

function canonicalValue(value: string): string {
  return value.trim().replace(/ +/g, " ");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
