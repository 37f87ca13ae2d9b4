import { KEY_RULE, TAG_RULES } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import * as z from "zod/mini";

import { expected, formed } from "./config-fields.ts";

// No discriminated union, which would be the only one in the bundle of the verify function.
const encryption = z.optional(
  z
    .strictObject(
      {
        type: z.enum(["AES256", "aws:kms"], expected("AES256 or aws:kms")),
        keyArn: z.optional(formed(forms.kmsKeyArn)),
      },
      expected("an object with type AES256, or with type aws:kms and keyArn"),
    )
    .check(z.refine(KEY_RULE.holds, { path: ["keyArn"], error: `expected ${KEY_RULE.words}` })),
);

type Tags = Readonly<Record<string, string>>;

const tags = z.optional(
  z
    .custom<Tags>(isRecordOfTexts, expected("an object of texts by names of tags"))
    .check(...TAG_RULES.map(({ words, holds }) => z.refine<Tags>(holds, { ...expected(words), abort: true }))),
);

/**
 * Fields of `uploads` that say how S3 stores the objects. They are signed into every upload, and no client sends them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export const storageFields = {
  /** Default: the default encryption of the bucket. */
  encryption,
  /** Tags of each object, by name. Default: none. */
  tags,
};

function isRecordOfTexts(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => typeof each === "string");
}
