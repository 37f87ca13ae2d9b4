import { once } from "node:events";

import { PresignOnceError } from "@presign-once/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { retrying, startDeadline } from "./deadline.ts";

const never = () => new Promise<never>(() => {});
const timeOut = { name: "TimeoutError" };

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** Lets time pass until the work is done. */
async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  await vi.runAllTimersAsync();
  return work;
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe("a request", () => {
  test("returns the result or throws the error of the call", async () => {
    const deadline = startDeadline({ requestMs: 1_000, totalMs: 1_000 });
    expect(await deadline.run(() => Promise.resolve("answer"))).toBe("answer");
    await expect(deadline.run(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  });

  test("is aborted when its own time is over", async () => {
    const deadline = startDeadline({ requestMs: 50, totalMs: 10_000 });
    let aborted = false;
    const request = (signal: AbortSignal) => {
      void once(signal, "abort").then(() => (aborted = true));
      return never();
    };
    await expect(whileTimePasses(deadline.run(request))).rejects.toMatchObject(timeOut);
    expect(aborted).toBe(true);
  });

  test("is abandoned when the total time is over, even if it ignores the abort", async () => {
    const deadline = startDeadline({ requestMs: 10_000, totalMs: 50 });
    const start = performance.now();
    await expect(whileTimePasses(deadline.run(never))).rejects.toMatchObject(timeOut);
    expect(performance.now() - start).toBe(50);
    await expect(whileTimePasses(deadline.run(never))).rejects.toMatchObject(timeOut);
    expect(performance.now() - start).toBe(50);
  });

  test("that fails after it was abandoned causes no unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const deadline = startDeadline({ requestMs: 20, totalMs: 1_000 });
    const request = () => new Promise<never>((_resolve, reject) => void setTimeout(reject, 60, new Error("too late")));
    await expect(whileTimePasses(deadline.run(request))).rejects.toMatchObject(timeOut);
    await new Promise((resolve) => void setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});

test("allows a write as long as it may still be answered", () => {
  expect(startDeadline({ requestMs: 1_500, totalMs: 60_000 }).leavesTime()).toBe(true);
  expect(startDeadline({ requestMs: 1_500, totalMs: 150 }).leavesTime()).toBe(false);
});

describe("a pause", () => {
  test("grows, stays below 600 ms, and stops the attempts in time", async () => {
    const deadline = startDeadline({ requestMs: 300, totalMs: 1_200 });
    const pauses: number[] = [];
    let more = true;
    const total = await whileTimePasses(
      elapsed(async () => {
        while (more) pauses.push(await elapsed(async () => (more = await deadline.pause())));
      }),
    );
    expect(total).toBeLessThan(1_000); // the last attempt may still take 200 ms
    expect(pauses.length).toBeGreaterThan(3);
    expect(pauses.length).toBeLessThan(12); // 26 and more if none grew
    expect(pauses[0]).toBeLessThan(pauses.at(-2)!);
  });

  test.each([100, 300, 10_000])("leaves time for an answer if a request has %s ms", async (requestMs) => {
    const left = async (totalMs: number) => {
      const start = performance.now();
      const deadline = startDeadline({ requestMs, totalMs });
      let attemptStarted = start;
      while (await deadline.pause()) attemptStarted = performance.now();
      return start + totalMs - attemptStarted;
    };
    const totals = Array.from({ length: 30 }, (_, i) => 350 + 10 * i);
    const least = Math.min(...(await whileTimePasses(Promise.all(totals.map(left)))));
    expect(least).toBeGreaterThanOrEqual(Math.min(requestMs, 200));
  });
});

describe("retrying", () => {
  /** Time for five attempts. */
  const enough = () => {
    let left = 5;
    return { run: never, leavesTime: () => true, pause: () => Promise.resolve(--left > 0) };
  };

  test("repeats a call that may still succeed", async () => {
    let attempts = 0;
    const step = () => (++attempts < 3 ? Promise.reject(new Error("not yet")) : Promise.resolve("done"));
    expect(await retrying(enough(), step)).toBe("done");
    expect(attempts).toBe(3);
  });

  test.each([
    ["S3 refuses permanently", { name: "AccessDenied", $metadata: { httpStatusCode: 403 } }],
    ["the index cannot work", new PresignOnceError("INDEX_MISCONFIGURED", "off")],
  ])("ends at once when %s", async (_name, error) => {
    let attempts = 0;
    const step = () => {
      attempts++;
      throw error as Error;
    };
    await expect(retrying(enough(), async () => step())).rejects.toBe(error);
    expect(attempts).toBe(1);
  });

  test("throws the last error when the time is over", async () => {
    let attempts = 0;
    const step = () => Promise.reject(new Error(`attempt ${++attempts}`));
    const twice = { run: never, leavesTime: () => true, pause: () => Promise.resolve(attempts < 2) };
    await expect(retrying(twice, step)).rejects.toThrow("attempt 2");
  });
});
