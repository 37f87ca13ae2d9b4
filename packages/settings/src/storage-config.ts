import { encodeTags } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import * as z from "zod/mini";

import { expected, formed } from "./config-fields.ts";

const MAX_TAGS = 10;
/**
 * Most characters of all tags, percent-encoded: a presigned URL shows them, and they are sent as a header beside it. Together that has
 * to fit into the 8 KB that S3 reads, with the session token of the signer.
 */
const MAX_TAGS_LENGTH = 1_024;

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
    .check(
      z.refine(({ type, keyArn }) => (type === "aws:kms") === (keyArn !== undefined), {
        path: ["keyArn"],
        error: "expected the ARN of a key with type aws:kms, and none with AES256",
      }),
    ),
);

type Tags = Readonly<Record<string, string>>;

/** One rule for all tags; `abort`, since a name that has no form cannot be measured. */
function tagRule(holds: (tags: Tags) => boolean, form: string) {
  return z.refine<Tags>(holds, { ...expected(form), abort: true });
}

const tags = z.optional(
  z.custom<Tags>(isRecordOfTexts, expected("an object of texts by names of tags")).check(
    tagRule((given) => Object.keys(given).length <= MAX_TAGS, `at most ${MAX_TAGS} tags`),
    tagRule((given) => Object.keys(given).every(forms.tagName.is), `names of ${forms.tagName.words}`),
    tagRule((given) => Object.values(given).every(forms.tagValue.is), `values of ${forms.tagValue.words}`),
    tagRule(
      (given) => encodeTags(given).length <= MAX_TAGS_LENGTH,
      `at most ${MAX_TAGS_LENGTH} characters of all names and values together, percent-encoded`,
    ),
  ),
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
