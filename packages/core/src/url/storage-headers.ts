import type { HeaderField } from "../ports/header-field.ts";
import { percentEncode } from "./canonical-request.ts";

/** With which keys S3 encrypts. */
export interface Encryption {
  /** `AES256`: with keys of its own. */
  readonly type: "AES256" | "aws:kms";
  /** The key, with `aws:kms` alone; required there, or the key would be that of the account which signs. */
  readonly keyArn?: string | undefined;
}

/** How S3 stores uploads, whatever their clients say; what is left out is as the bucket has it. */
export interface StorageRules {
  readonly encryption?: Encryption | undefined;
  /** Tags of each object, by name: see the forms `tagName` and `tagValue`. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

const ENCRYPTION = "x-amz-server-side-encryption";
const KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
const TAGGING = "x-amz-tagging";

/** Every header of {@link StorageRules}. */
export const STORAGE_HEADERS: ReadonlySet<string> = new Set([ENCRYPTION, KMS_KEY, TAGGING]);

/**
 * The headers that have S3 store an object by these rules. They are signed as headers: S3 ignores tags in the query of a
 * presigned URL, and AWS's own presigner keeps encryption out of it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 * @see https://github.com/aws/aws-sdk-go-v2/pull/1017 for tags
 * @see https://github.com/aws/aws-sdk-js-v3/pull/1701 for encryption
 */
export function storageHeaders({ encryption, tags }: StorageRules): readonly HeaderField[] {
  const headers: HeaderField[] = [];
  if (encryption !== undefined) headers.push([ENCRYPTION, encryption.type]);
  if (encryption?.keyArn !== undefined) headers.push([KMS_KEY, encryption.keyArn]);
  const tagging = encodeTags(tags);
  if (tagging !== "") headers.push([TAGGING, tagging]);
  return headers;
}

/** Tags as `x-amz-tagging` has them: as parameters of a query, percent-encoded. Empty for none. */
export function encodeTags(tags: StorageRules["tags"] = {}): string {
  const encoded = Object.entries(tags).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
  return encoded.join("&");
}
