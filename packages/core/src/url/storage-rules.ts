import { kmsKeyArn, tagName, tagValue } from "./forms.ts";
import { encodeTags, type Encryption, type StorageRules } from "./storage-headers.ts";

/** One rule for a value, and the words that name what was expected. */
interface Rule<Value> {
  readonly words: string;
  holds(value: Value): boolean;
}

const MAX_TAGS = 10;
/**
 * Most characters of all tags, percent-encoded: a presigned URL shows them, and they are sent as a header beside it. Together that has
 * to fit into the 8 KB that S3 reads, with the session token of the signer.
 */
const MAX_TAGS_LENGTH = 1_024;

/** What tags have to be, one rule after the other: each takes for granted that those before it hold. */
export const TAG_RULES: readonly Rule<Readonly<Record<string, string>>>[] = [
  { words: `at most ${MAX_TAGS} tags`, holds: (tags) => Object.keys(tags).length <= MAX_TAGS },
  { words: `names of ${tagName.words}`, holds: (tags) => Object.keys(tags).every(tagName.is) },
  { words: `values of ${tagValue.words}`, holds: (tags) => Object.values(tags).every(tagValue.is) },
  {
    words: `at most ${MAX_TAGS_LENGTH} characters of all names and values together, percent-encoded`,
    holds: (tags) => encodeTags(tags).length <= MAX_TAGS_LENGTH,
  },
];

/** That there is a key where one is needed: for the field `keyArn`. */
export const KEY_RULE: Rule<Encryption> = {
  words: "the ARN of a key with type aws:kms, and none with AES256",
  holds: ({ type, keyArn }) => (type === "aws:kms") === (keyArn !== undefined),
};

/**
 * Finds what is wrong with rules that no compiler has seen.
 *
 * @returns names the field, and what was expected; repeats no value
 */
export function findStorageFault({ encryption, tags = {} }: StorageRules): string | undefined {
  if (encryption !== undefined && !["AES256", "aws:kms"].includes(encryption.type))
    return "encryption.type: expected AES256 or aws:kms";
  if (encryption !== undefined && !KEY_RULE.holds(encryption)) return `encryption.keyArn: expected ${KEY_RULE.words}`;
  if (encryption?.keyArn !== undefined && !kmsKeyArn.is(encryption.keyArn))
    return `encryption.keyArn: expected ${kmsKeyArn.words}`;
  const broken = TAG_RULES.find(({ holds }) => !holds(tags));
  return broken && `tags: expected ${broken.words}`;
}
