import { describe, expect, test } from "vitest";

import { settings } from "../../../test/support/edge-settings.ts";
import { parseEdgeConfig } from "./edge-config.ts";

const KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
const CHARACTERS = "letters, digits and blanks of ASCII, and + - = . _ : / @";

/** Settings with these rules of storage. */
function withRules(rules: object) {
  return settings({ uploads: { bucket: "some-uploads", ...rules } });
}

describe("encryption", () => {
  test.each([{ type: "aws:kms", keyArn: KEY_ARN }, { type: "AES256" }])("may be %j", (encryption) => {
    expect(parseEdgeConfig(withRules({ encryption })).uploads.encryption).toEqual(encryption);
  });

  test.each([
    [{}, "uploads.encryption.type: missing, expected AES256 or aws:kms"],
    [{ type: "planted" }, "uploads.encryption.type: expected AES256 or aws:kms"],
    [
      { type: "aws:kms" },
      "uploads.encryption.keyArn: expected the ARN of a key with type aws:kms, and none with AES256",
    ],
    [
      { type: "AES256", keyArn: KEY_ARN },
      "uploads.encryption.keyArn: expected the ARN of a key with type aws:kms, and none with AES256",
    ],
    [
      { type: "aws:kms", keyArn: KEY_ARN.replace("eu-west-1", "us-east-1") },
      "uploads.encryption.keyArn: expected a key in the region of the settings: S3 takes one only where the bucket is",
    ],
    [{ type: "aws:kms", keyArn: "1234abcd-12ab-34cd-56ef-1234567890ab" }, "and neither an alias nor an id alone"],
    [{ type: "aws:kms", keyArn: `${KEY_ARN}\r\nx` }, "and neither an alias nor an id alone"],
  ])("is refused as %j", (encryption, fault) => {
    expect(() => parseEdgeConfig(withRules({ encryption }))).toThrow(fault);
    expect(() => parseEdgeConfig(withRules({ encryption }))).not.toThrow("planted");
  });
});

describe("tags", () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, ""]));

  test.each([{}, many(10), { "a +-=._:/@": "b +-=._:/@" }, { ["n".repeat(128)]: "v".repeat(256) }, { Aws: "aws:" }])(
    "may be %j",
    (tags) => {
      expect(parseEdgeConfig(withRules({ tags })).uploads.tags).toEqual(tags);
    },
  );

  test.each([
    [many(11), "at most 10 tags"],
    [{ "": "a" }, `names of 1 to 128 of ${CHARACTERS}, and not aws: at the beginning`],
    [{ ["n".repeat(129)]: "a" }, "names of 1 to 128 of "],
    [{ "planted&a": "b" }, "names of 1 to 128 of "],
    [{ "AWS:planted": "b" }, "names of 1 to 128 of "],
    [{ planted: "v".repeat(257) }, `values of up to 256 of ${CHARACTERS}`],
    [{ planted: "é" }, "values of up to 256 of "],
    [{ planted: "a\nb" }, "values of up to 256 of "],
    [
      { a: ":".repeat(256), b: ":".repeat(85) },
      "at most 1024 characters of all names and values together, percent-encoded",
    ],
  ])("are refused as %j", (tags, fault) => {
    expect(() => parseEdgeConfig(withRules({ tags }))).toThrow(`uploads.tags: expected ${fault}`);
    expect(() => parseEdgeConfig(withRules({ tags }))).not.toThrow("planted");
  });
});
