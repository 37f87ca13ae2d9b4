import { createHash } from "node:crypto";

import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

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

describe("a signature", () => {
  test("in the query and in the header is refused", async () => {
    const { answer, xml } = await trial.put(await trial.presign(), { authorization: "Bearer x" });
    expect(answer).toBe("400 InvalidArgument");
    expect(xml).toContain("<Message>Only one auth mechanism allowed; ");
  });

  test("that is missing is refused", async () => {
    expect((await trial.put(`${trial.front.endpoint}/b/uploads/x`)).answer).toBe("403 AccessDenied");
  });

  test.each([
    ["no Expires", (url: string) => url.replace(/&X-Amz-Expires=\d+/, "")],
    ["Expires of no number", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=1e1")],
    ["Expires of 0", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=0")],
    ["Expires of more than a week", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=604801")],
    ["two Expires", (url: string) => `${url}&X-Amz-Expires=60`],
    ["another algorithm", (url: string) => url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")],
    ["a credential without a region", (url: string) => url.replace("%2Feu-west-1", "")],
    ["a date of another day", (url: string) => url.replace("X-Amz-Date=20260102", "X-Amz-Date=20260103")],
    ["another service", (url: string) => url.replace("%2Fs3%2F", "%2Fec2%2F")],
  ])("with %s is malformed", async (_what, change) => {
    const url = await trial.presign();
    expect(change(url)).not.toBe(url);
    expect((await trial.put(change(url))).answer).toBe("400 AuthorizationQueryParametersError");
  });

  test("of a week is taken", async () => {
    expect((await trial.put(await trial.presign({}, { expiresIn: 604_800 }))).answer).toBe("200");
  });

  test("for another region is malformed, and the answer names the right one", async () => {
    const { answer, xml } = await trial.put(await trial.presign({}, { server: { region: "us-east-1" } }));
    expect(answer).toBe("400 AuthorizationQueryParametersError");
    expect(xml).toContain("<Region>eu-west-1</Region>");
    trial.nowMs = Date.now();
    const s3 = s3Client({ ...trial.front, region: "us-east-1" });
    await expect(s3.send(new PutObjectCommand({ ...OBJECT, Body: "x" }))).rejects.toMatchObject({
      name: "AuthorizationHeaderMalformed",
    });
  });

  test("is good until its last second, and not after it", async () => {
    const url = await trial.presign();
    trial.nowMs = SIGNED_AT.getTime() + 60_000;
    expect((await trial.put(url)).answer).toBe("200");
    trial.nowMs++;
    const { answer, xml } = await trial.put(url);
    expect(answer).toBe("403 AccessDenied");
    expect(xml).toContain("<Message>Request has expired</Message><X-Amz-Expires>60</X-Amz-Expires>");
  });

  test("is good 15 minutes before its date, and not earlier", async () => {
    const url = await trial.presign();
    trial.nowMs = SIGNED_AT.getTime() - 15 * 60_000;
    expect((await trial.put(url)).answer).toBe("200");
    trial.nowMs--;
    const { answer, xml } = await trial.put(url);
    expect([answer, xml]).toEqual(["403 AccessDenied", expect.stringContaining("Request is not yet valid")]);
  });

  const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
  const IN_HEADER = {
    authorization: AUTHORIZATION,
    "x-amz-date": "20260102T030405Z",
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
  };
  test.each([
    ["of another form", { authorization: "AWS4-HMAC-SHA256 x" }, "400 AuthorizationHeaderMalformed"],
    [
      "without a region",
      { authorization: AUTHORIZATION.replace("eu-west-1/", "") },
      "400 AuthorizationHeaderMalformed",
    ],
    ["without a date", { "x-amz-date": "" }, "403 AccessDenied"],
    ["that leaves x-amz-date unsigned", {}, "403 AccessDenied"],
  ])("in the header %s is refused", async (_what, changes, answer) => {
    expect((await trial.put(`${trial.front.endpoint}/b/k`, { ...IN_HEADER, ...changes })).answer).toBe(answer);
  });

  test("in the header needs a word about the body", async () => {
    const { "x-amz-content-sha256": _, ...headers } = IN_HEADER;
    expect((await trial.put(`${trial.front.endpoint}/b/k`, headers)).answer).toBe("400 InvalidRequest");
  });

  test("in the header is good 15 minutes", async () => {
    const s3 = s3Client(trial.front);
    trial.nowMs = Date.now() + 16 * 60_000;
    const send = (): Promise<unknown> => s3.send(new PutObjectCommand({ ...OBJECT, Body: "x" }));
    await expect(send()).rejects.toMatchObject({ name: "RequestTimeTooSkewed" });
  });

  test("of an unknown key is refused", async () => {
    const credentials = { accessKeyId: "AKIDOTHER", secretAccessKey: "SECRETEXAMPLE" };
    expect((await trial.put(await trial.presign({}, { server: { credentials } }))).answer).toBe(
      "403 InvalidAccessKeyId",
    );
  });

  test.each([
    ["an altered path", (url: string) => url.replace("uploads/x", "uploads/y")],
    ["an altered query", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")],
    ["one parameter more", (url: string) => `${url}&x-id=PutObject2`],
  ])("does not match %s", async (_what, change) => {
    expect((await trial.put(change(await trial.presign()))).answer).toBe("403 SignatureDoesNotMatch");
  });

  test("does not match a signed header that is altered or missing, and the answer repeats what was sent", async () => {
    const url = await trial.presign({ Metadata: { a: "1" } }, { signed: ["x-amz-meta-a"] });
    expect((await trial.put(url, { "x-amz-meta-a": "1" })).answer).toBe("200");
    const { answer, xml } = await trial.put(url, { "x-amz-meta-a": "seen by all" });
    expect(answer).toBe("403 SignatureDoesNotMatch");
    expect(xml).toMatch(/<StringToSign>AWS4-HMAC-SHA256\n20260102T030405Z\n/);
    expect(xml).toMatch(/<CanonicalRequest>PUT\n\/b\/uploads\/x\n[^]*\nx-amz-meta-a:seen by all\n/);
    expect((await trial.put(url)).answer).toBe("403 SignatureDoesNotMatch");
    const empty = await trial.presign({ Metadata: { a: "" } }, { signed: ["x-amz-meta-a"] });
    expect((await trial.put(empty)).answer).toBe("403 SignatureDoesNotMatch");
  });

  test("covers every x-amz-* header and Content-MD5, by name", async () => {
    const unsigned = {
      "x-amz-acl": "private",
      "Content-MD5": createHash("md5").update("hello").digest("base64"),
      "content-type": "text/plain",
    };
    const { answer, xml } = await trial.put(await trial.presign(), unsigned);
    expect(answer).toBe("403 AccessDenied");
    expect(xml).toContain("There were headers present in the request which were not signed");
    expect(xml).toContain("<HeadersNotSigned>content-md5, x-amz-acl</HeadersNotSigned>");
  });

  test("covers the host", async () => {
    const url = await trial.presign();
    const { xml } = await trial.put(url.replace("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=accept"));
    expect(xml).toContain("<HeadersNotSigned>host</HeadersNotSigned>");
  });

  test("need not cover what CloudFront adds", async () => {
    expect((await trial.put(await trial.presign(), { "x-amz-cf-id": "a==", via: "1.1 b" })).answer).toBe("200");
  });

  test("is made over an unsigned x-amz-content-sha256", async () => {
    const digest = createHash("sha256").update("hello").digest("hex");
    expect((await trial.put(await trial.presign(), { "x-amz-content-sha256": digest })).answer).toBe(
      "403 SignatureDoesNotMatch",
    );
    expect((await trial.put(await trial.presign(), { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })).answer).toBe("200");
  });
});
