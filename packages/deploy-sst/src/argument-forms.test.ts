import * as forms from "@presign-once/core/forms";
import { describe, expect, test } from "vitest";

import { bucketArn, type Form, logFolder, servedPath, uploadsBucket } from "./argument-forms.ts";

const buckets = ["abc", "a1-b", "ab", "-ab", "ab-", "UPPER", "a_b", "a".repeat(63), "a".repeat(64), "abc\n"];
const paths = ["/url", "/.a/b~_-", "", "/", "url", "/url/", "//url", "/url*", "/a b", "/url\n"];

describe("the same form as in the settings", () => {
  test.each<[what: string, form: Form, same: (text: string) => boolean, texts: readonly string[]]>([
    ["a path", servedPath, forms.path.is, paths],
    ["a folder, as a path without its first slash", logFolder, (text) => forms.path.is(`/${text}`), paths],
    ["a bucket of uploads, but for dots", uploadsBucket, forms.bucketName.is, buckets],
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

test("a bucket of uploads has no dots in its name", () => {
  expect([forms.bucketName.is("a.b"), uploadsBucket.is("a.b")]).toEqual([true, false]);
});
