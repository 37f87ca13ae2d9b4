import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { withinLimits } from "./within-limits.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const forever = () => new Promise<never>(() => {});

test("stops a step without progress after the limit, and its work", async () => {
  let work: AbortSignal | undefined;
  const step = withinLimits({ stallSeconds: 10 }, "sending", ({ signal }) => ((work = signal), forever()));
  const settled = vi.fn();
  step.catch(settled);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await expect(step).rejects.toMatchObject({ code: "Stalled", message: "No progress for 10 seconds while sending." });
  expect(work?.aborted).toBe(true);
});

test("restarts the time on progress", async () => {
  let moved = (): void => {};
  const step = withinLimits({ stallSeconds: 10 }, "sending", (own) => ((moved = own.moved), forever()));
  step.catch(() => {});
  for (let i = 0; i < 5; i++) {
    await vi.advanceTimersByTimeAsync(9_000);
    moved();
  }
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(step).rejects.toMatchObject({ code: "Stalled" });
});

test.each([0, Infinity])("has no limit for %s", async (stallSeconds) => {
  const step = withinLimits(
    { stallSeconds },
    "sending",
    () => new Promise((resolve) => setTimeout(resolve, 1e9, "done")),
  );
  await vi.advanceTimersByTimeAsync(1e9);
  expect(await step).toBe("done");
});

test("stops on a signal, with its reason as the cause", async () => {
  const stop = new AbortController();
  const step = withinLimits({ signal: stop.signal }, "sending", forever);
  stop.abort("enough");
  await expect(step).rejects.toMatchObject({ code: "Aborted", cause: "enough" });
  await expect(withinLimits({ signal: stop.signal }, "sending", forever)).rejects.toMatchObject({ code: "Aborted" });
});

test("leaves no timer after a step that ends in time", async () => {
  expect(await withinLimits({}, "sending", async () => "done")).toBe("done");
  expect(vi.getTimerCount()).toBe(0);
});
