import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { startDeadline } from "./deadline.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => {});

test("a request is given up after its time, and no later than the call's", async () => {
  const deadline = startDeadline({ requestMs: 100, totalMs: 150 });
  for (const ms of [100, 50]) {
    const givenUp = vi.fn<(error: unknown) => void>();
    deadline.run(never).catch(givenUp);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(givenUp).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(givenUp).toHaveBeenCalledWith(new Error(`no answer of the store within ${ms} ms`));
  }
});

test("a request that was answered leaves no timer behind", async () => {
  expect(await startDeadline({}).run(() => "answer")).toBe("answer");
  expect(vi.getTimerCount()).toBe(0);
});

test("pauses grow, and end when the call has no time left for one", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  onTestFinished(() => void vi.restoreAllMocks());
  const deadline = startDeadline({ totalMs: 100 });
  const paused = vi.fn<(mayTry: boolean) => void>();
  for (const ms of [10, 20, 40]) {
    void deadline.pause().then(paused);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(paused).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(paused).toHaveBeenCalledWith(true);
    paused.mockClear();
  }
  void deadline.pause().then(paused);
  await vi.advanceTimersByTimeAsync(80);
  expect(paused).toHaveBeenCalledWith(false);
});
