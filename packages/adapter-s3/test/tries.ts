import { type Deadline, startDeadline } from "../src/s3/deadline.ts";

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

/** A deadline that is over after a number of requests: the one after them gets no answer in time. */
export function requests(n: number): () => Deadline {
  return () => {
    let left = n;
    return {
      ...startDeadline({ requestMs: 10_000, totalMs: 60_000 }),
      run(request) {
        if (left-- > 0) return request(new AbortController().signal);
        return Promise.reject(new DOMException("the time is over", "TimeoutError"));
      },
      pause: () => Promise.resolve(left > 0),
      leavesTime: () => left > 0,
    };
  };
}
