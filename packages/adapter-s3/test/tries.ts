import { type Deadline, startDeadline } from "../src/deadline.ts";

/** A deadline that counts attempts instead of milliseconds, so that a busy machine changes nothing. */
export function tries(n: number, requestMs = 10_000): () => Deadline {
  return () => {
    let left = n;
    return {
      ...startDeadline({ requestMs, totalMs: 60_000 }),
      pause: () => Promise.resolve(--left > 0),
    };
  };
}
