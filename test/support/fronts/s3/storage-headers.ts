import type { S3Account } from "./authentication.ts";
import { readSignature } from "./presented-signature.ts";
import { readHead, type RequestHead, valueOf } from "./request-head.ts";
import type { Refusal } from "./s3-refusal.ts";
import { computeSignature } from "./sigv4.ts";

const ENCRYPTION = "x-amz-server-side-encryption";
const KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
const TAGGING = "x-amz-tagging";
const STORAGE = [ENCRYPTION, KMS_KEY, TAGGING];

/**
 * Finds why S3 would not encrypt or tag an object as the headers of its PUT say. Parameters of the query by these names say nothing.
 *
 * The codes are ours where no page names one.
 *
 * @param region  of the bucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html for the region of a key
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export function findStorageFault(head: RequestHead, region: string): Refusal | undefined {
  if (head.method !== "PUT") return undefined;
  const encryption = valueOf(head, ENCRYPTION);
  if (encryption !== undefined && !["AES256", "aws:kms", "aws:kms:dsse"].includes(encryption))
    return refused("InvalidArgument", "The encryption method specified is not supported");
  const key = valueOf(head, KMS_KEY);
  if (key !== undefined && !encryption?.startsWith("aws:kms"))
    return refused("InvalidArgument", "A KMS key goes with x-amz-server-side-encryption aws:kms alone");
  if (key?.startsWith("arn:") && key.split(":")[3] !== region)
    return refused("KMS.NotFoundException", "Invalid arn: the key is in another region");
  const tags = [...new URLSearchParams(valueOf(head, TAGGING) ?? "")];
  if (tags.length > 10) return refused("BadRequest", "Object tags cannot be greater than 10");
  const names = new Set(tags.map(([name]) => name));
  if (names.size !== tags.length || tags.some(([name, value]) => !isTag(name, value)))
    return refused("InvalidTag", "The tag provided was not a valid tag.");
  return undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html */
function isTag(name: string, value: string): boolean {
  const pattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
  const isName = name.length >= 1 && name.length <= 128 && pattern.test(name) && !/^aws:/i.test(name);
  return isName && value.length <= 256 && pattern.test(value);
}

/**
 * The same request for a store that knows neither KMS keys nor tags, as R2 and Ceph without a key server: without these headers,
 * signed anew.
 *
 * @param head  its signature is in order
 */
export function withoutStorage(
  head: RequestHead,
  target: string,
  rawHeaders: readonly string[],
  { credentials }: S3Account,
): { readonly target: string; readonly rawHeaders: readonly string[] } {
  const presented = readSignature(head);
  const sent = STORAGE.some((name) => valueOf(head, name) !== undefined);
  if (!sent || "refusal" in presented || presented.in === "header") return { target, rawHeaders };
  const kept = rawHeaders.filter((_, i) => !STORAGE.includes((rawHeaders[i - (i % 2)] ?? "").toLowerCase()));
  const signedHeaders = presented.signedHeaders.filter((name) => !STORAGE.includes(name));
  const changed = target.replace(/(?<=[?&]X-Amz-SignedHeaders=)[^&]*/, encodeURIComponent(signedHeaders.join(";")));
  const terms = { ...presented, signedHeaders };
  const { signature } = computeSignature(readHead(head.method, changed, kept), terms, credentials.secretAccessKey);
  return { target: changed.replace(presented.signature, signature), rawHeaders: kept };
}

/** What S3 says of the encryption of an object that it has stored; nothing where the request asked for none. */
export function storageAnswer(head: RequestHead): readonly string[] {
  return [ENCRYPTION, KMS_KEY].flatMap((name) => {
    const value = head.method === "PUT" ? valueOf(head, name) : undefined;
    return value === undefined ? [] : [name, value];
  });
}

function refused(code: string, message: string): Refusal {
  return { status: 400, code, message };
}
