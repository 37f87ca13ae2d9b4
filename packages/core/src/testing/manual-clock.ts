import type { Clock } from "../ports/clock.ts";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves the clock, forward or back. */
  advance(seconds: number): void;
}

/**
 * Creates a clock for tests.
 *
 * @param start  default: 2026-01-01T00:00:00Z
 */
export function createManualClock(start = new Date("2026-01-01T00:00:00Z")): ManualClock {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}
