import { PresignOnceError } from "@presign-once/core";

import { isPermanent } from "./s3-failure.ts";

/** How long an index may take. */
export interface TimeLimits {
  /** Longest wait for one request's whole answer, in milliseconds. */
  readonly requestMs: number;
  /** Longest wait for one `register` or `claim`, in milliseconds, all attempts and read-backs together. */
  readonly totalMs: number;
}

/** Leaves a Lambda@Edge function, which has 5 s, the time to start and to answer. */
export const DEFAULT_LIMITS: TimeLimits = { requestMs: 1_500, totalMs: 3_500 };

/**
 * For what is no function at the edge, such as a backend or an operator's command: it may have to sign in somewhere before the first
 * request, and a slow server is no reason to give up.
 */
export const PATIENT_LIMITS: TimeLimits = { requestMs: 5_000, totalMs: 6_000 };

/** The time that one `register` or `claim` has. */
export interface Deadline {
  /**
   * Runs one request, and gives up on it when its time or all time is over.
   *
   * @throws whatever the request throws, or a `TimeoutError`; the request may then still arrive
   */
  run<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Waits a little, longer each time; false when there is no time left for another attempt. */
  pause(): Promise<boolean>;
  /** Tells whether a request that starts now may still be answered in time. */
  leavesTime(): boolean;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;
/** An attempt with less time than this would hardly be answered, and a write without an answer is undecided. */
const LEAST_ATTEMPT_MS = 200;

/** Starts the time of one `register` or `claim`. */
export function startDeadline(limits: TimeLimits): Deadline {
  const end = performance.now() + limits.totalMs;
  const lastStart = end - Math.min(LEAST_ATTEMPT_MS, limits.requestMs);
  let pauseMs = FIRST_PAUSE_MS;
  const leavesTime = (afterMs = 0): boolean => performance.now() + afterMs < lastStart;
  return {
    async run(request) {
      const ms = Math.max(0, Math.min(limits.requestMs, end - performance.now()));
      const controller = new AbortController();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const timeout = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          const error = new DOMException(`S3 gave no whole answer within ${Math.round(ms)} ms`, "TimeoutError");
          reject(error);
          controller.abort(error);
        }, ms);
      });
      try {
        // Raced, since a request need not end when it is aborted.
        return await Promise.race([request(controller.signal), timeout]);
      } finally {
        clearTimeout(timer);
      }
    },
    async pause() {
      const jittered = pauseMs * (0.5 + Math.random());
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      if (!leavesTime(jittered)) return false;
      await new Promise((resolve) => void setTimeout(resolve, jittered));
      return true;
    },
    leavesTime: () => leavesTime(),
  };
}

/** Repeats a step that only reads until it succeeds, time is over or trying again is of no use; then throws its last error. */
export async function retrying<T>(deadline: Deadline, step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const final = isPermanent(error) || error instanceof PresignOnceError;
      if (final || !(await deadline.pause())) throw error;
    }
  }
}
