import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startTrial, type Trial } from "./trial.ts";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ENCRYPTION = "x-amz-server-side-encryption";
const KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterAll(() => trial.stop());

/** Sends a presigned PUT that signs these headers, with other values where they are given. */
async function put(headers: Record<string, string>, sent: Record<string, string> = headers): Promise<string> {
  const url = await trial.presign(
    {
      ServerSideEncryption: headers[ENCRYPTION] as "AES256",
      SSEKMSKeyId: headers[KMS_KEY],
      Tagging: headers["x-amz-tagging"],
    },
    { signed: Object.keys(headers) },
  );
  return (await trial.put(url, sent)).answer;
}

describe("encryption", () => {
  test.each([
    [{ [ENCRYPTION]: "AES256" }, "200"],
    [{ [ENCRYPTION]: "aws:kms", [KMS_KEY]: KEY }, "200"],
    [{ [ENCRYPTION]: "aws" }, "400 InvalidArgument"],
    [{ [KMS_KEY]: KEY }, "400 InvalidArgument"],
    [{ [ENCRYPTION]: "AES256", [KMS_KEY]: KEY }, "400 InvalidArgument"],
    [{ [ENCRYPTION]: "aws:kms", [KMS_KEY]: KEY.replace("eu-west-1", "us-east-1") }, "400"],
  ])("by %j: %s", async (headers, expected) => {
    expect(await put(headers)).toBe(expected);
  });

  test("is confirmed in the answer", async () => {
    const url = await trial.presign({ ServerSideEncryption: "AES256" }, { signed: [ENCRYPTION] });
    const answer = await fetch(url, { method: "PUT", body: "hello", headers: { [ENCRYPTION]: "AES256" } });
    expect([answer.status, answer.headers.get(ENCRYPTION)]).toEqual([200, "AES256"]);
  });
});

describe("a signed header", () => {
  const signed = { [ENCRYPTION]: "aws:kms", [KMS_KEY]: KEY };

  test("that is left out, or has another value, breaks the signature", async () => {
    expect(await put(signed, { [ENCRYPTION]: "aws:kms" })).toBe("403 SignatureDoesNotMatch");
    expect(await put(signed, { ...signed, [KMS_KEY]: KEY.replace("1234abcd", "00000000") })).toBe(
      "403 SignatureDoesNotMatch",
    );
  });

  test("that is sent unsigned is refused", async () => {
    expect(await put({}, { "x-amz-tagging": "a=b" })).toBe("403 AccessDenied");
  });
});

test.each([
  ["a=b&c%20d=", "200"],
  [Array.from({ length: 10 }, (_, i) => `t${i}=`).join("&"), "200"],
  [Array.from({ length: 11 }, (_, i) => `t${i}=`).join("&"), "400 BadRequest"],
  ["a=1&a=2", "400 InvalidTag"],
  ["aws%3Aa=1", "400 InvalidTag"],
  ["a=%26", "400 InvalidTag"],
  [`${"a".repeat(129)}=1`, "400 InvalidTag"],
  [`a=${"b".repeat(257)}`, "400 InvalidTag"],
])("tags %s: %s", async (tagging, expected) => {
  expect(await put({ "x-amz-tagging": tagging })).toBe(expected);
});
