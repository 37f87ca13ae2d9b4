import { expect, test, vi } from "vitest";

import { systemClock } from "./clock.ts";

test("returns the runtime's time at every call", () => {
  vi.useFakeTimers({ now: new Date("2026-02-03T04:05:06.789Z") });
  try {
    expect(systemClock.now().toISOString()).toBe("2026-02-03T04:05:06.789Z");
    vi.advanceTimersByTime(1);
    expect(systemClock.now().toISOString()).toBe("2026-02-03T04:05:06.790Z");
  } finally {
    vi.useRealTimers();
  }
});
