import * as forms from "@presign-once/core/forms";
import { describe, expect, test } from "vitest";

import { bucketArn, type Form, kmsKeyArn, logFolder, servedPath, uploadsBucket } from "./argument-forms.ts";

const buckets = ["abc", "a1-b", "ab", "-ab", "ab-", "UPPER", "a_b", "a".repeat(63), "a".repeat(64), "abc\n"];
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const keys = [
  ...[KEY, KEY.replace(/[^/]*$/, "mrk-1234"), `${KEY}\n`, `${KEY}/x`, ` ${KEY}`, "", "1234abcd"],
  ...[
    KEY.replace("key/", "alias/"),
    KEY.replace(/[^/]*$/, "*"),
    KEY.replace(/[^/]*$/, ""),
    KEY.replace("key/", "key:"),
  ],
  ...[KEY.replace("1111", "111"), KEY.replace("eu-west-1", ""), KEY.replace("eu-west-1", "e".repeat(31))],
  ...[`${KEY}${"0".repeat(28)}`, `${KEY}${"0".repeat(29)}`, KEY.replace(":kms:", ":s3:")],
];
const paths = ["/url", "/.a/b~_-", "", "/", "url", "/url/", "//url", "/url*", "/a b", "/url\n"];

describe("the same form as in the settings", () => {
  test.each<[what: string, form: Form, same: (text: string) => boolean, texts: readonly string[]]>([
    ["a path", servedPath, forms.path.is, paths],
    ["a folder, as a path without its first slash", logFolder, (text) => forms.path.is(`/${text}`), paths],
    ["a bucket of uploads, but for dots", uploadsBucket, forms.bucketName.is, buckets],
    ["a KMS key", kmsKeyArn, forms.kmsKeyArn.is, keys],
    [
      "the ARN of a bucket",
      bucketArn,
      (text) => forms.bucketName.is(text.replace(/^arn:aws:s3:::/, "")),
      [...buckets, "a.b"].map((name) => `arn:aws:s3:::${name}`),
    ],
  ])("%s", (_what, form, same, texts) => {
    expect(texts.filter((text) => form.is(text))).toEqual(texts.filter(same));
  });
});

test("a KMS key is named in the same words, and is in the partition of Lambda@Edge", () => {
  expect(kmsKeyArn.words).toBe(forms.kmsKeyArn.words);
  const elsewhere = KEY.replace("arn:aws:", "arn:aws-cn:");
  expect([forms.kmsKeyArn.is(elsewhere), kmsKeyArn.is(elsewhere)]).toEqual([true, false]);
});

test("a bucket of uploads has no dots in its name", () => {
  expect([forms.bucketName.is("a.b"), uploadsBucket.is("a.b")]).toEqual([true, false]);
});
