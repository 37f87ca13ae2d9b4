import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";

import { keyIn, requireKeyIn } from "./kms-key.ts";

const arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const key = { stack: "Uploads", argument: "index.kmsKeyArn", arn } as const;

test("takes a key of any account in the region of the bucket", () => {
  expect(requireKeyIn(key, "eu-west-1")).toBe(arn);
  const theirs = arn.replace("111122223333", "444455556666");
  expect(requireKeyIn({ ...key, arn: theirs }, "eu-west-1")).toBe(theirs);
});

test("names argument and regions for a key in another region than the bucket", () => {
  expect(() => requireKeyIn(key, "us-east-1")).toThrow(
    "singleUseUploads Uploads: index.kmsKeyArn: expected a key in us-east-1, the region of the bucket, not eu-west-1",
  );
});

test.each(["alias/index", arn.replace("key/", "alias/"), "1234abcd-12ab-34cd-56ef-1234567890ab"])(
  "names the form expected of an ARN that only a deployment knows: %s",
  (later) => {
    expect(() => requireKeyIn({ ...key, arn: later }, "eu-west-1")).toThrow(
      expect.objectContaining({
        code: "ARGUMENT_INVALID",
        message: expect.stringMatching(/^singleUseUploads Uploads: index\.kmsKeyArn: expected the ARN of a KMS key/),
      }),
    );
  },
);

test("is undefined for a bucket without a key", async () => {
  expect(await valueOf(keyIn({ pulumi }, pulumi.output("eu-west-1"), undefined))).toBeUndefined();
  expect(await valueOf(keyIn({ pulumi }, pulumi.output("eu-west-1"), key))).toBe(arn);
});

/** What an output becomes. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}
