import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

/** An upload that is on its way, its second half not sent yet. */
export interface HeldPut {
  /** Sends the rest, and waits for the answer. @throws the connection's error */
  finish(): Promise<{ readonly status: number }>;
}

/** How long the signature of a held upload is valid, in seconds. */
const SIGNED_FOR_SECONDS = 60;

/**
 * Begins a PUT with `If-None-Match: *`, and holds it open after the first half of its body.
 *
 * By `fetch` and a stream, which every runtime has: the AWS SDK sends a body whole. Resolves when the first half was taken from
 * the stream, or the request has ended early.
 */
export async function holdPut(upload: {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
  readonly signal: AbortSignal;
}): Promise<HeldPut> {
  const { s3, bucket, key, signal } = upload;
  const command = new PutObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: "*" });
  const url = await getSignedUrl(s3, command, {
    expiresIn: SIGNED_FOR_SECONDS,
    signableHeaders: new Set(["host", "if-none-match"]),
  });
  const bytes = new TextEncoder().encode(upload.body);
  const half = Math.floor(bytes.length / 2);
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const { body, begun } = bodyOf([bytes.subarray(0, half), bytes.subarray(half)], released);
  const headers = { "content-length": String(bytes.length), "if-none-match": "*" };
  const request = { method: "PUT", headers, body: ofLength(body, bytes.length), signal, duplex: "half" };
  const answer = fetch(url, request as RequestInit).then(async (response) => {
    await response.arrayBuffer(); // left unread, it would keep its connection
    return { status: response.status };
  });
  answer.catch(() => {}); // `finish` tells
  await Promise.race([begun, answer.catch(() => {})]);
  return {
    finish() {
      release();
      return answer;
    },
  };
}

/** The second piece waits; `begun` resolves when it is requested, because the first was then sent. */
function bodyOf(
  [first, second]: readonly [Uint8Array, Uint8Array],
  released: Promise<void>,
): { readonly body: ReadableStream<Uint8Array>; readonly begun: Promise<void> } {
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (pulls++ === 0) return controller.enqueue(first);
        begin();
        await released;
        controller.enqueue(second);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, begun };
}

/** Workers send a stream in chunks, which S3 refuses, unless they get its length in this way; other runtimes use the header. */
function ofLength(body: ReadableStream<Uint8Array>, length: number): ReadableStream<Uint8Array> {
  const { FixedLengthStream } = globalThis as {
    FixedLengthStream?: new (length: number) => TransformStream<Uint8Array, Uint8Array>;
  };
  return FixedLengthStream === undefined ? body : body.pipeThrough(new FixedLengthStream(length));
}
