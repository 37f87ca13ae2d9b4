/** How long an index may take. */
export interface TimeLimits {
  /** Longest wait for one answer of the store, in milliseconds; default 1,500. */
  readonly requestMs?: number;
  /** Longest wait for one `register`, `claim` or `revoke`, in milliseconds, all attempts together; default 3,500. */
  readonly totalMs?: number;
}

/** The time that one call of an index has. */
export interface Deadline {
  /** Runs one request, and gives up on it when time is over; it may still take effect then. */
  run<T>(request: () => T | Promise<T>): Promise<T>;
  /** Waits a little, longer each time; false when there is no time left for another attempt. */
  pause(): Promise<boolean>;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 400;

/** Starts the time of one call. */
export function startDeadline({ requestMs = 1_500, totalMs = 3_500 }: TimeLimits): Deadline {
  const end = performance.now() + totalMs;
  let pauseMs = FIRST_PAUSE_MS;
  return {
    async run(request) {
      const ms = Math.max(0, Math.min(requestMs, end - performance.now()));
      let timer: ReturnType<typeof setTimeout> | undefined;
      const timeout = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer of the store within ${Math.round(ms)} ms`)), ms);
      });
      try {
        return await Promise.race([request(), timeout]);
      } finally {
        clearTimeout(timer);
      }
    },
    async pause() {
      const jittered = pauseMs * (0.5 + Math.random());
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      if (performance.now() + jittered >= end) return false;
      await new Promise((resolve) => void setTimeout(resolve, jittered));
      return true;
    },
  };
}
