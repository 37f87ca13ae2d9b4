import type { OperatorConfig } from "@presign-once/settings";

import type { IndexPlace } from "./index-place.ts";

/** An action, and the resource that it is needed on, without wildcards: one key stands for all of its folder. */
export type Right = readonly [action: string, resource: string];

/** What the roles of the two functions need. */
export interface NeededRights {
  readonly issue: readonly Right[];
  readonly verify: readonly Right[];
}

/**
 * What the functions do in the index. The stack's policies (`deploy-sst/src/policies.ts`) give just this, each right under
 * its condition: `test/deploy/aws-checks.test.ts` holds the two tables together.
 */
export function indexRights({ bucket, prefix, strategy }: IndexPlace): NeededRights {
  const arn = `arn:aws:s3:::${bucket}`;
  const entry = (folder: string) => `${arn}/${prefix}${folder}x`;
  switch (strategy) {
    case "conditional":
      return {
        issue: [["s3:PutObject", entry("")]],
        verify: [
          ["s3:PutObject", entry("")],
          ["s3:GetObject", entry("")],
          ["s3:ListBucket", arn],
        ],
      };
    case "sealed":
      return {
        issue: [],
        verify: [
          ["s3:PutObject", entry("claims/")],
          ["s3:GetObject", entry("claims/")],
        ],
      };
    case "versioning":
      return {
        issue: [
          ["s3:PutObject", entry("valid/")],
          ["s3:GetBucketVersioning", arn],
        ],
        verify: [
          ["s3:PutObject", entry("expired/")],
          ["s3:GetObject", entry("valid/")],
          ["s3:GetObjectVersion", entry("expired/")],
          ["s3:ListBucket", arn],
          ["s3:ListBucketVersions", arn],
          ["s3:GetBucketVersioning", arn],
        ],
      };
  }
}

/** What a function needs to log in one region. @param functionArn  with or without its version */
export function logRights(functionArn: string): readonly Right[] {
  const [, partition = "", , region = "", account = "", , name = ""] = functionArn.split(":");
  const group = `arn:${partition}:logs:${region}:${account}:log-group:/aws/lambda/${region}.${name}`;
  return [
    ["logs:CreateLogGroup", group],
    ["logs:CreateLogStream", `${group}:log-stream:x`],
    ["logs:PutLogEvents", `${group}:log-stream:x`],
  ];
}

/** The settings of the functions, as far as they say what is done to uploads. */
export type StorageSettings = Pick<OperatorConfig, "uploads" | "signing" | "downloads">;

/** What verify needs on the uploads: to sign them at their use, and to sign downloads. */
export function uploadRights({ uploads, signing, downloads }: StorageSettings): NeededRights {
  const key = uploadKey(uploads);
  const store: Right = ["s3:PutObject", key];
  const read: Right = ["s3:GetObject", key];
  return { issue: [], verify: [...(signing === "at-use" ? [store] : []), ...(downloads === undefined ? [] : [read])] };
}

/**
 * What the functions need on the key that each upload names: the role that signs uploads, to encrypt; verify, to read downloads.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function encryptionRights({ uploads, signing, downloads }: StorageSettings): NeededRights {
  const keyArn = uploads.encryption?.keyArn;
  if (keyArn === undefined) return { issue: [], verify: [] };
  const { issue, verify } = ofSigner(signing, ["kms:GenerateDataKey", keyArn]);
  return { issue, verify: downloads === undefined ? verify : [...verify, ["kms:Decrypt", keyArn]] };
}

/** What the role that signs uploads needs to store them with tags. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export function tagRights({ uploads, signing }: StorageSettings): NeededRights {
  if (Object.keys(uploads.tags ?? {}).length === 0) return { issue: [], verify: [] };
  return ofSigner(signing, ["s3:PutObjectTagging", uploadKey(uploads)]);
}

/** S3 asks for the rights of the role that signed. */
function ofSigner(signing: StorageSettings["signing"], right: Right): NeededRights {
  return signing === "at-use" ? { issue: [], verify: [right] } : { issue: [right], verify: [] };
}

function uploadKey({ bucket, prefix }: StorageSettings["uploads"]): string {
  return `arn:aws:s3:::${bucket}/${prefix}x`;
}

/**
 * What the functions need on the key of a bucket that is encrypted with one: to write, and to read back.
 *
 * @param holds  what is in the bucket: uploads, signed at issue or with tickets at their use, or an index by its strategy
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function keyRights(
  keyArn: string,
  holds: "uploads" | "uploads with tickets" | IndexPlace["strategy"],
): NeededRights {
  const write: Right = ["kms:GenerateDataKey", keyArn];
  const read: Right = ["kms:Decrypt", keyArn];
  switch (holds) {
    case "uploads":
      return { issue: [write], verify: [] };
    case "uploads with tickets":
      return { issue: [write], verify: [write] };
    case "sealed":
      return { issue: [], verify: [write, read] };
    case "conditional":
    case "versioning":
      return { issue: [write], verify: [write, read] };
  }
}
