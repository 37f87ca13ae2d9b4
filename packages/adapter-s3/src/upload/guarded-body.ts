import { PresignOnceError } from "@presign-once/core";

/** A body in the form that lib-storage reads, with a hand on it. */
export interface GuardedBody {
  /** Read only on demand. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes that came so far. */
  readonly bytes: number;
  /** Lets the next read throw, or the one that is waiting. */
  stop(cause: unknown): void;
  /** Releases the body: asks it to end if it has not. Does not wait for that. */
  close(): void;
}

/**
 * Guards a body on its way into the store.
 *
 * @param maxBytes  that may come; one more, and the stream throws `UPLOAD_TOO_LARGE`
 */
export function guardBody(body: AsyncIterable<Uint8Array>, maxBytes: number): GuardedBody {
  const iterator = body[Symbol.asyncIterator]();
  let bytes = 0;
  let over = false;
  let stopped: { readonly cause: unknown } | undefined;
  let rejectRead: ((cause: unknown) => void) | undefined;

  async function read(): Promise<IteratorResult<Uint8Array, unknown>> {
    if (stopped !== undefined) throw stopped.cause;
    // Not a race against one promise for all reads, which would hold on to every chunk.
    const next = await new Promise<IteratorResult<Uint8Array, unknown>>((resolve, reject) => {
      rejectRead = reject;
      iterator.next().then(resolve, (cause: unknown) => {
        over = true;
        reject(cause);
      });
    });
    if (next.done === true) over = true;
    else bytes += next.value.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    return next;
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await read();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    get bytes() {
      return bytes;
    },
    stop(cause) {
      stopped ??= { cause };
      rejectRead?.(cause);
    },
    close() {
      if (over) return;
      over = true;
      iterator.return?.().catch(() => {}); // what it throws now is ignored: the outcome is known
    },
  };
}

/** The fault of an upload that brings more than a store takes. */
export function tooLarge(maxBytes: number): PresignOnceError {
  return new PresignOnceError(
    "UPLOAD_TOO_LARGE",
    `body: expected ${maxBytes} bytes at most; larger needs a declared length and a larger memoryBudgetBytes`,
  );
}
