import { PresignOnceError } from "@presign-once/core";
import { expect, test } from "vitest";

import { andThen, read, readFact, unread } from "./fact.ts";

/** An error as the SDK throws it. */
function sdkError(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error("https://secret.example/?X-Amz-Signature=1"), { name, $metadata: { httpStatusCode } });
}

async function after(error: Error, absent?: { codes: string[]; value: string }) {
  const request = async () => {
    throw error;
  };
  return readFact<string>("s3:GetBucketCORS", request, absent);
}

test("an answer is a fact", async () => {
  expect(await readFact("s3:GetBucketCORS", () => Promise.resolve("x"))).toEqual(read("x"));
});

test.each(["AccessDenied", "AccessDeniedException"])("%s names the action that is missing", async (name) => {
  expect(await after(sdkError(name, 403))).toEqual(unread("these credentials lack s3:GetBucketCORS"));
});

test("another error is told by its code and status, without its message", async () => {
  expect(await after(sdkError("SlowDown", 503))).toEqual(unread("s3:GetBucketCORS failed: SlowDown 503"));
  expect(await after(new Error("https://secret.example"))).toEqual(unread("s3:GetBucketCORS failed: no answer"));
});

test("a code for a setting that was never made is its default", async () => {
  const absent = { codes: ["NoSuchCORSConfiguration"], value: "none" };
  expect(await after(sdkError("NoSuchCORSConfiguration", 404), absent)).toEqual(read("none"));
  expect((await after(sdkError("NoSuchBucket", 404), absent)).status).toBe("unread");
});

test.each([
  ["CredentialsProviderError", undefined, "no AWS credentials"],
  ["ExpiredToken", 400, "AWS does not accept these credentials (ExpiredToken 400)"],
  ["InvalidClientTokenId", 403, "AWS does not accept these credentials (InvalidClientTokenId 403)"],
  ["UnrecognizedClientException", 403, "AWS does not accept these credentials (UnrecognizedClientException 403)"],
])("%s is a mistake of the user's, not a missing right", async (name, status, said) => {
  const thrown = await after(sdkError(name, status)).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(PresignOnceError);
  expect(thrown).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(said) as string });
});

test("what follows from an unknown fact is unknown for the same reason", async () => {
  const next = () => read("never");
  expect(await andThen(unread("why"), next)).toEqual(unread("why"));
});
