import { createHash } from "node:crypto";

import { PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { s3Client } from "../../../servers/sign.ts";
import { OBJECT, SIGNED_AT, startTrial, type Trial } from "./trial.ts";

const base64 = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("base64");

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterAll(() => trial.stop());
beforeEach(() => {
  trial.nowMs = SIGNED_AT.getTime();
});

describe("the digest of a body", () => {
  const digests: [header: string, good: string, code: string][] = [
    ["content-md5", base64("md5", "hello"), "InvalidDigest"],
    ["x-amz-checksum-sha1", base64("sha1", "hello"), "InvalidRequest"],
    ["x-amz-checksum-sha256", base64("sha256", "hello"), "InvalidRequest"],
    ["x-amz-checksum-crc32", "NhCmhg==", "InvalidRequest"],
  ];

  test.each(digests)("%s is compared", async (header, good, malformed) => {
    const fields: Record<string, Partial<PutObjectCommandInput>> = {
      "content-md5": { ContentMD5: good },
      "x-amz-checksum-sha1": { ChecksumSHA1: good },
      "x-amz-checksum-sha256": { ChecksumSHA256: good },
      "x-amz-checksum-crc32": { ChecksumCRC32: good },
    };
    expect(
      (await trial.put(await trial.presign(fields[header], { signed: [header] }), { [header]: good })).answer,
    ).toBe("200");
    const bad = Buffer.from(good, "base64").map((byte) => byte ^ 1);
    for (const [value, answer] of [
      [Buffer.from(bad).toString("base64"), "400 BadDigest"],
      ["?", `400 ${malformed}`],
    ] as const) {
      const [field] = Object.keys(fields[header] ?? {});
      const url = await trial.presign({ [field ?? ""]: value }, { signed: [header] });
      expect((await trial.put(url, { [header]: value })).answer).toBe(answer);
    }
  });

  test("that the trial.front does not know is not passed over", async () => {
    const header = "x-amz-checksum-crc64nvme";
    const url = await trial.presign({ ChecksumCRC64NVME: "AAAAAAAAAAA=" }, { signed: [header] });
    expect((await trial.put(url, { [header]: "AAAAAAAAAAA=" })).answer).toBe("501 NotImplemented");
  });

  test("in x-amz-content-sha256 is compared", async () => {
    trial.nowMs = Date.now();
    const s3 = s3Client(trial.front);
    // The SDK signs first and hands over the body last.
    s3.middlewareStack.add(
      (next) => (args) => next({ ...args, request: Object.assign(Object(args.request), { body: "other" }) }),
      { step: "deserialize", priority: "low", name: "spoil" },
    );
    await expect(s3.send(new PutObjectCommand({ ...OBJECT, Body: "hello" }))).rejects.toMatchObject({
      name: "XAmzContentSHA256Mismatch",
    });
  });
});
