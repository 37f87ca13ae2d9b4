import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createS3UploadClient, proveOneObject, type S3Access } from "@presign-once/adapter-s3";
import { expect, onTestFinished } from "vitest";

/** What a server does to several uploads of one key, by one PUT each and also completed from parts. */
export async function overlapOutcomes(access: S3Access, bucket: string): Promise<Record<"puts" | "parts", string>> {
  const s3 = createS3UploadClient(access);
  onTestFinished(() => s3.destroy());
  const told = async (multipart: boolean): Promise<string> => {
    const outcome = await proveOneObject({ s3, bucket, multipart });
    return outcome.status === "broken"
      ? outcome.seen
      : `${outcome.status}${"cause" in outcome ? String(outcome.cause) : ""}`;
  };
  const outcomes = { puts: await told(false), parts: await told(true) };
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "presign-once-probe/" }));
  expect(KeyCount).toBe(0);
  return outcomes;
}
