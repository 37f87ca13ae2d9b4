import type { BodyReader } from "./take-body.ts";

/**
 * Why reads ended before the body did.
 *
 * - `stalled`: no data for too long.
 * - `too-slow`: fewer bytes a second than the lowest rate.
 * - `too-long`: the upload took longer than it may.
 */
export type ReadFault = "stalled" | "too-slow" | "too-long";

/** What reads are held to. */
export interface ReadTerms {
  /** Longest silence of the client, in milliseconds; time in which the body is not read does not count. */
  readonly idleMs: number;
  /** Lowest rate, on the average of each {@link RATE_WINDOW_MS} in which the client was waited for; 0: any. */
  readonly minBytesPerSecond: number;
  /** Longest time from the first read to the end of the body, in milliseconds; slow reading counts. */
  readonly maxMs: number;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
}

/** Reads that end when the client has gone, or does not keep to the terms. */
export interface WatchedReads {
  /** Rejects when the reads have ended before the body; `fault` says why, unless the client has gone. */
  read(): Promise<Chunk>;
  /**
   * Waits {@link SETTLE_MS} after the end of the body. Rejects when the client goes in that time: Chromium ends the
   * HTTP/2 stream of an upload that its page aborts as if it were whole, and resets it some milliseconds later.
   */
  settle(): Promise<void>;
  readonly fault: ReadFault | undefined;
  /** Rejects the read in progress, and every later one. */
  giveUp(cause: unknown): void;
  /** Lets go of the body, read or not. */
  stop(): void;
}

type Chunk = { readonly done: boolean; readonly value?: Uint8Array | undefined };

/** Over how much waiting for a client its rate is averaged, in milliseconds. */
export const RATE_WINDOW_MS = 60_000;
/** How long a client may still turn out to have gone after the end of its body, in milliseconds; measured: 0.6 to 6. */
export const SETTLE_MS = 50;
/** The rate is looked at this often at most, in milliseconds. */
const LEAST_SLEEP_MS = 1_000;

/** Watches the reads of a body. Only the clock of the runtime is used, and one timer for all reads. */
export function watchReads(reader: BodyReader, terms: ReadTerms): WatchedReads {
  const { idleMs, minBytesPerSecond, maxMs, signal } = terms;
  let rejectRead: ((cause: unknown) => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begunAt: number | undefined;
  let waitingSince: number | undefined;
  const rate = { bytes: 0, waitedMs: 0 };
  let fault: ReadFault | undefined;
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

  function findFault(now: number, waitedMs: number): ReadFault | undefined {
    if (now - (begunAt ?? now) >= maxMs) return "too-long";
    if (waitedMs >= idleMs) return "stalled";
    const windowMs = rate.waitedMs + waitedMs;
    if (minBytesPerSecond === 0 || windowMs < RATE_WINDOW_MS) return undefined;
    if (rate.bytes < (minBytesPerSecond * windowMs) / 1_000) return "too-slow";
    rate.bytes = 0;
    rate.waitedMs = -waitedMs; // what was waited so far is in the window that ended
    return undefined;
  }

  function look(): void {
    const now = performance.now();
    const waitedMs = waitingSince === undefined ? 0 : now - waitingSince;
    fault = findFault(now, waitedMs);
    if (fault !== undefined) return giveUp(new Error(`body: ${fault}`));
    const ofWindow = Math.max(LEAST_SLEEP_MS, RATE_WINDOW_MS - rate.waitedMs - waitedMs);
    timer = setTimeout(look, Math.min(idleMs - waitedMs, ofWindow, maxMs - (now - (begunAt ?? now))));
  }

  function take(chunk: Chunk): Chunk {
    rate.bytes += chunk.value?.length ?? 0;
    rate.waitedMs += waitingSince === undefined ? 0 : performance.now() - waitingSince;
    waitingSince = undefined;
    if (!chunk.done && !isOver) fault = findFault(performance.now(), 0);
    if (fault !== undefined) giveUp(new Error(`body: ${fault}`));
    return chunk;
  }

  return {
    get fault() {
      return fault;
    },
    read() {
      waitingSince = performance.now();
      if (begunAt === undefined) {
        begunAt = waitingSince;
        look();
      }
      return new Promise((resolve, reject) => {
        rejectRead = reject;
        if (signal.aborted || isOver) return giveUp(signal.reason);
        reader.read().then(take).then(resolve, reject);
      });
    },
    settle() {
      clearTimeout(timer);
      return new Promise((resolve, reject) => {
        rejectRead = reject;
        if (signal.aborted || isOver) return giveUp(signal.reason);
        // In two halves: where the process was held up, the connection is read between them.
        timer = setTimeout(() => (timer = setTimeout(resolve, SETTLE_MS / 2)), SETTLE_MS / 2);
      });
    },
    giveUp,
    stop() {
      giveUp(new Error("the body is not read any more"));
      try {
        reader.releaseLock();
      } catch {
        // An abandoned read is still in progress in runtimes of before 2022; the lock goes with the request.
      }
    },
  };
}
