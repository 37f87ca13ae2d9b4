import { headBytes, type RequestHead, valueOf } from "./request-head.ts";
import type { Refusal } from "./s3-refusal.ts";

/** Most bytes of the head of a request. */
const MAX_HEAD_BYTES = 8_192;
/** Most bytes of names and values of each kind of metadata. */
const MAX_METADATA_BYTES = 2_048;
/** Most that one PUT may bring, in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const MAX_PUT_BYTES = 5 * 1024 ** 3;
const USER_DEFINED = /^x-amz-meta-/;
/** What a client can say of an object in the head of a PUT, of the page's table of system-defined metadata. */
const SYSTEM_DEFINED =
  /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-(storage-class|website-redirect-location|server-side-encryption.*))$/;

/**
 * Whether the head of a request is longer than S3 reads. The request line counts: AWS says "header and query parameters".
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Error.html for `RequestHeaderSectionTooLarge`
 */
export function findHeadTooLarge(head: RequestHead): Refusal | undefined {
  if (headBytes(head) <= MAX_HEAD_BYTES) return undefined;
  return {
    status: 400,
    code: "RequestHeaderSectionTooLarge",
    message: "Your request header section exceeds the maximum allowed size.",
    details: { MaxSizeAllowed: String(MAX_HEAD_BYTES) },
  };
}

/**
 * Whether a PUT declares no length, declares more than one PUT may bring, or brings more metadata than S3 keeps: 2 KB of
 * user-defined, 2 KB of system-defined metadata, as the sum of the bytes of names and values.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
export function findPutFault(head: RequestHead): Refusal | undefined {
  if (head.method !== "PUT") return undefined;
  if (valueOf(head, "transfer-encoding") !== undefined)
    return {
      status: 501,
      code: "NotImplemented",
      message: "A header you provided implies functionality that is not implemented",
      details: { Header: "Transfer-Encoding" },
    };
  const length = valueOf(head, "content-length");
  if (length === undefined || !/^\d+$/.test(length))
    return {
      status: 411,
      code: "MissingContentLength",
      message: "You must provide the Content-Length HTTP header.",
    };
  if (Number(length) > MAX_PUT_BYTES)
    return {
      status: 400,
      code: "EntityTooLarge",
      message: "Your proposed upload exceeds the maximum allowed size",
      details: { ProposedSize: length, MaxSizeAllowed: String(MAX_PUT_BYTES) },
    };
  for (const kind of [USER_DEFINED, SYSTEM_DEFINED]) {
    const bytes = metadataBytes(head, kind);
    if (bytes > MAX_METADATA_BYTES)
      return {
        status: 400,
        code: "MetadataTooLarge",
        message: "Your metadata headers exceed the maximum allowed metadata size",
        details: { Size: String(bytes), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
      };
  }
  return undefined;
}

function metadataBytes({ fields }: RequestHead, kind: RegExp): number {
  const counted = fields.filter(([name]) => kind.test(name)).map(([name, value]) => name + value.trim());
  return Buffer.byteLength(counted.join(""), "latin1");
}
