import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import { type RequestHead, valueOf } from "./request-head.ts";
import type { Refusal } from "./s3-refusal.ts";

/** The digests that a header may bring of a body, by the header's name: how they are computed, and how many bytes they have. */
const DIGESTS: ReadonlyMap<string, { readonly bytes: number; readonly of: (body: Buffer) => Buffer }> = new Map([
  ["content-md5", { bytes: 16, of: hashOf("md5") }],
  ["x-amz-checksum-sha1", { bytes: 20, of: hashOf("sha1") }],
  ["x-amz-checksum-sha256", { bytes: 32, of: hashOf("sha256") }],
  ["x-amz-checksum-crc32", { bytes: 4, of: (body) => Buffer.from(crc32(body).toString(16).padStart(8, "0"), "hex") }],
]);

/**
 * Compares what a request says of its body with the body: `Content-MD5`, one checksum, `x-amz-content-sha256`.
 *
 * Digests behind an aws-chunked body are not read. A checksum that is not known here is refused, so that no test takes it for
 * compared.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
export function findBodyFault(head: RequestHead, body: Buffer): Refusal | undefined {
  for (const [name] of head.fields) {
    const digest = DIGESTS.get(name);
    const given = valueOf(head, name) ?? "";
    if (digest !== undefined) {
      const fault = findDigestFault(name, given, digest.bytes, digest.of(body));
      if (fault !== undefined) return fault;
    } else if (/^x-amz-checksum-(?!algorithm$|type$|mode$)/.test(name)) {
      return { status: 501, code: "NotImplemented", message: `This front does not compute ${name}.` };
    }
  }
  const claimed = valueOf(head, "x-amz-content-sha256") ?? "";
  const computed = /^[0-9a-f]{64}$/.test(claimed) ? hashOf("sha256")(body).toString("hex") : claimed;
  if (claimed !== computed)
    return {
      status: 400,
      code: "XAmzContentSHA256Mismatch",
      message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
      details: { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: computed },
    };
  return undefined;
}

function findDigestFault(name: string, given: string, bytes: number, computed: Buffer): Refusal | undefined {
  const decoded = Buffer.from(given, "base64");
  const isMd5 = name === "content-md5";
  if (decoded.length !== bytes || decoded.toString("base64") !== given)
    return isMd5
      ? {
          status: 400,
          code: "InvalidDigest",
          message: "The Content-MD5 you specified was invalid.",
          details: { "Content-MD5": given },
        }
      : { status: 400, code: "InvalidRequest", message: `Value for ${name} header is invalid.` };
  if (decoded.equals(computed)) return undefined;
  return {
    status: 400,
    code: "BadDigest",
    message: isMd5
      ? "The Content-MD5 you specified did not match what we received."
      : `The ${name.slice("x-amz-checksum-".length).toUpperCase()} you specified did not match the calculated checksum.`,
    details: isMd5 ? { ExpectedDigest: decoded.toString("hex"), CalculatedDigest: computed.toString("base64") } : {},
  };
}

function hashOf(algorithm: string): (body: Buffer) => Buffer {
  return (body) => createHash(algorithm).update(body).digest();
}
