import { PresignOnceError } from "@presign-once/core";

import { type RunningDigest, startSha256 } from "./sha256.ts";
import type { BodyReader } from "./take-body.ts";

/**
 * Why a body was not taken.
 *
 * - `too-large`: more bytes than were granted, or than the store takes.
 * - `wrong-length`: other than its Content-Length says.
 * - `digest-mismatch`: it has another SHA-256 than was granted.
 * - `stalled`: nothing came for too long.
 * - `broken-off`: the client has gone, or its connection broke.
 */
export type BodyFault = "too-large" | "wrong-length" | "digest-mismatch" | "stalled" | "broken-off";

/** A body that is held to what was granted while it is read. */
export interface ReceivedBody {
  /** To be read once. Throws in place of its end when the body is not what was granted. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes that came so far. */
  readonly bytes: number;
  /** Why it was not taken, as soon as that is known. */
  readonly fault: BodyFault | undefined;
  /** Whether it came to its end, as granted. */
  readonly isWhole: boolean;
  /** Gives up on a read that is under way, when nobody waits for it any more. */
  close(): void;
}

/** What a body is held to. */
export interface BodyTerms {
  readonly maxBytes: number;
  readonly declaredBytes: number | undefined;
  /** In base64. */
  readonly sha256: string | undefined;
  /** Longest silence of the client, in milliseconds; time in which nobody reads does not count. */
  readonly idleMs: number;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
  /** Told of each chunk, with all bytes so far. */
  readonly onBytes: (bytes: number) => unknown;
}

type Chunk = { readonly done: boolean; readonly value?: Uint8Array | undefined };

/**
 * Reads the body of a request, chunk by chunk as it is asked for.
 *
 * Where it stops before the end, the rest is left unread and not cancelled: the answer that says why still has to reach
 * the client over the same connection.
 *
 * @param reader  is released in the end; `undefined`: an empty body
 */
export function receiveBody(reader: BodyReader | undefined, terms: BodyTerms): ReceivedBody {
  const watch = reader === undefined ? undefined : watchReads(reader, terms);
  const digest = terms.sha256 === undefined ? undefined : startSha256();
  let bytes = 0;
  let fault: BodyFault | undefined;
  let isWhole = false;

  function refuse(why: BodyFault, cause?: unknown): PresignOnceError {
    fault = why;
    return new PresignOnceError("BODY_REFUSED", `body: ${why}`, { cause });
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      while (watch !== undefined) {
        const next = await watch.read().catch((cause: unknown) => {
          throw refuse(watch.hasStalled ? "stalled" : "broken-off", cause);
        });
        watch.rest();
        if (next.done || next.value === undefined) break;
        bytes += next.value.length;
        if (bytes > terms.maxBytes) throw refuse("too-large");
        if (terms.declaredBytes !== undefined && bytes > terms.declaredBytes) throw refuse("wrong-length");
        digest?.update(next.value);
        terms.onBytes(bytes);
        yield next.value;
      }
      checkEnd(terms, bytes, digest, refuse);
      isWhole = true;
    } finally {
      watch?.stop();
    }
  }

  return {
    chunks: chunks(),
    get bytes() {
      return bytes;
    },
    get fault() {
      return fault;
    },
    get isWhole() {
      return isWhole;
    },
    close: () => watch?.giveUp(new Error("nobody waits for it any more")),
  };
}

function checkEnd(
  { declaredBytes, sha256 }: BodyTerms,
  bytes: number,
  digest: RunningDigest | undefined,
  refuse: (why: BodyFault) => PresignOnceError,
): void {
  if (declaredBytes !== undefined && bytes !== declaredBytes) throw refuse("wrong-length");
  if (digest !== undefined && digest.base64() !== sha256) throw refuse("digest-mismatch");
}

/** Reads that end when the client has gone or was silent for too long. */
function watchReads(reader: BodyReader, { idleMs, signal }: BodyTerms) {
  let rejectRead: ((cause: unknown) => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitingSince: number | undefined;
  let hasStalled = false;
  let isOver = false;

  function giveUp(cause: unknown): void {
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
    rejectRead?.(cause);
  }
  function leave(): void {
    giveUp(signal.reason);
  }
  signal.addEventListener("abort", leave);

  // One timer for many reads: it looks how long the present one has waited, and sleeps for what is left.
  function look(): void {
    const waited = waitingSince === undefined ? 0 : performance.now() - waitingSince;
    hasStalled = waited >= idleMs;
    if (hasStalled) giveUp(new Error("nothing came"));
    else timer = setTimeout(look, idleMs - waited);
  }

  return {
    get hasStalled() {
      return hasStalled;
    },
    read(): Promise<Chunk> {
      waitingSince = performance.now();
      timer ??= setTimeout(look, idleMs);
      return new Promise((resolve, reject) => {
        rejectRead = reject;
        if (signal.aborted || isOver) return giveUp(signal.reason);
        reader.read().then(resolve, reject);
      });
    },
    /** Says that nobody waits any more, for the time being. */
    rest(): void {
      waitingSince = undefined;
    },
    giveUp,
    /** Lets go of the body, read or not. */
    stop(): void {
      giveUp(new Error("nobody waits for it any more"));
      try {
        reader.releaseLock();
      } catch {
        // A read that was given up on is still under way in runtimes of before 2022; the lock goes with the request.
      }
    },
  };
}
