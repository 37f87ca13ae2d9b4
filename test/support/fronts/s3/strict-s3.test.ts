import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { s3Client } from "../../../servers/sign.ts";
import { OBJECT, SIGNED_AT, startTrial, type Trial } from "./trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterAll(() => trial.stop());
beforeEach(() => {
  trial.nowMs = SIGNED_AT.getTime();
});

test("takes what the AWS SDK signs, in the query and in the header, and hands it to the store", async () => {
  expect(await trial.put(await trial.presign())).toEqual({ answer: "200", xml: "" });
  trial.nowMs = Date.now();
  const s3 = s3Client(trial.front);
  await s3.send(new PutObjectCommand({ ...OBJECT, Key: "a b/ü+?", Body: "hello", Metadata: { name: "a  b" } }));
  expect(trial.objects.get("/b/a%20b/%C3%BC%2B%3F")?.toString()).toBe("hello");
});

test("keeps a list of what was asked, without keys and signatures", async () => {
  const before = trial.front.requests.length;
  await trial.put(await trial.presign());
  await trial.put(await trial.presign({ Key: "signatures/0" }), { "x-amz-acl": "private" });
  expect(trial.front.requests.slice(before)).toEqual([
    { method: "PUT", kind: "upload", status: 200 },
    { method: "PUT", kind: "index", status: 403, refusedAs: "AccessDenied" },
  ]);
});
