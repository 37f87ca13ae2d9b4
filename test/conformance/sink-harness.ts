import { GetObjectCommand, ListMultipartUploadsCommand, ListPartsCommand, type S3Client } from "@aws-sdk/client-s3";
import { createS3UploadClient, type S3Access } from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { type SinkHarness, type SinkLaw, sinkLaws, type SinkObject } from "@presign-once/core/testing";
import { onTestFinished, test } from "vitest";

const MIB = 1024 ** 2;

/** A bucket for the sink, and how to see what was left in it. */
export interface SinkPlace {
  readonly access: S3Access;
  readonly bucket: string;
  /** Whether the server applies `If-None-Match` to a new object, by a PUT or from parts. */
  readonly heedsNewKeys: boolean;
  /** Unfinished pieces under a key; default: as the server lists them. */
  readonly leftovers?: (key: string) => Promise<number>;
}

/** Makes each law of the sink a test of the S3 sink on a live server. */
export function bindSinkLaws(place: () => SinkPlace): void {
  test.each(sinkLaws.map((law): [string, SinkLaw] => [law.name, law]))("%s", { timeout: 120_000 }, async (_, law) => {
    const { access, bucket, heedsNewKeys, leftovers } = place();
    const s3 = createS3UploadClient(access);
    onTestFinished(() => s3.destroy());
    const harness: SinkHarness = {
      sink: createS3UploadSink({ s3, bucket }),
      ...(heedsNewKeys ? { newKeysOnly: createS3UploadSink({ s3, bucket, requireNew: true }) } : {}),
      sizes: [0, 5, 5 * MIB, 5 * MIB + 1, 22 * MIB + 3],
      read: (key) => readObject(s3, bucket, key),
      leftovers: leftovers ?? ((key) => countLeftovers(s3, bucket, key)),
    };
    await law.check(harness);
  });
}

/** An object; `undefined` when there is none. */
export async function readObject(s3: S3Client, bucket: string, key: string): Promise<SinkObject | undefined> {
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const bytes = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
    return { bytes, contentType: object.ContentType, metadata: object.Metadata ?? {}, etag: object.ETag ?? "" };
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

/** Multipart uploads of keys that begin like this, and the parts of each, as the server lists them. */
export async function countLeftovers(s3: S3Client, bucket: string, keyPrefix: string): Promise<number> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: keyPrefix }));
  const parts = await Promise.all(
    Uploads.map(({ Key, UploadId }) => s3.send(new ListPartsCommand({ Bucket: bucket, Key, UploadId }))),
  );
  return Uploads.length + parts.flatMap(({ Parts = [] }) => Parts).length;
}

/** What happens to an object if its key must be new, by one PUT and from parts. */
export async function overwriteAsNew(access: S3Access, bucket: string): Promise<Record<"put" | "parts", string>> {
  const s3 = createS3UploadClient(access);
  onTestFinished(() => s3.destroy());
  const sink = createS3UploadSink({ s3, bucket, requireNew: true });
  const tryWith = async (bytes: number): Promise<string> => {
    const upload = { key: `taken/${bytes}`, headers: [], metadata: {}, declaredBytes: bytes };
    await createS3UploadSink({ s3, bucket }).store(upload, once(new Uint8Array(1)));
    const outcome = await sink.store(upload, once(new Uint8Array(bytes)));
    return outcome.status;
  };
  return { put: await tryWith(5), parts: await tryWith(6 * MIB) };
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}
