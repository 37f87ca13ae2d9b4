import type { SourceFile } from "@presign-once/core";

/** How the sending of a file ended. */
export interface SendEnd {
  readonly outcome: "sent" | "broken-off" | "store-failed";
  /** Bytes that were handed to the platform. */
  readonly bytes: number;
  readonly cause?: unknown;
}

/**
 * Makes the body of an answer from a file: one read for each chunk that the client takes, and none ahead.
 *
 * The file is closed in every case: at its end, when the client goes, and when the platform drops the body.
 *
 * @param signal  fires when the client has gone
 * @param onEnd   called once
 */
export function sendFile(
  { chunks, bytes: expected, close }: Pick<SourceFile, "chunks" | "bytes" | "close">,
  signal: AbortSignal,
  onEnd: (end: SendEnd) => void,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  let isOver = false;
  const iterator = chunks[Symbol.asyncIterator]();

  function end(outcome: SendEnd["outcome"], cause?: unknown): void {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener("abort", leave);
    close();
    onEnd({ outcome, bytes, cause });
  }
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  function leave(): void {
    end("broken-off");
    controller?.error(new Error("the client has gone"));
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        signal.addEventListener("abort", leave, { once: true });
        if (signal.aborted) leave();
      },
      async pull(to) {
        try {
          const next = await iterator.next();
          if (isOver) return;
          const isShort = expected !== undefined && bytes < expected;
          if (next.done === true && isShort) throw new Error("the store sent less than the whole file");
          if (next.done === true) {
            end("sent");
            to.close();
            return;
          }
          bytes += next.value.length;
          to.enqueue(next.value);
        } catch (cause) {
          end("store-failed", cause);
          to.error(cause); // the client sees a connection that broke, and no whole file
        }
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
  return withLength(body, expected);
}

/**
 * In workerd, a body that is bound to its length. That runtime tells a client no length of any other stream, and ends one that
 * fails like a whole one.
 *
 * @see https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/#fixedlengthstream
 */
function withLength(body: ReadableStream<Uint8Array>, bytes: number | undefined): ReadableStream<Uint8Array> {
  const { FixedLengthStream } = globalThis as {
    readonly FixedLengthStream?: new (bytes: number) => ReadableWritablePair<Uint8Array, Uint8Array>;
  };
  return bytes === undefined || FixedLengthStream === undefined ? body : body.pipeThrough(new FixedLengthStream(bytes));
}
