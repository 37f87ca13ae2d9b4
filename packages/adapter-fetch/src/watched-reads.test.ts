import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { RATE_WINDOW_MS, type ReadTerms, SETTLE_MS, watchReads } from "./watched-reads.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A body that gets its bytes from the test, and the reads of it. */
function open(changes: Partial<ReadTerms> = {}) {
  const client = new AbortController();
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>({ start: (own) => void (controller = own) });
  const terms = { idleMs: 60_000, minBytesPerSecond: 1_000, maxMs: 3_600_000, signal: client.signal, ...changes };
  const watch = watchReads(stream.getReader(), terms);
  return {
    watch,
    client,
    send: (bytes: number) => controller.enqueue(new Uint8Array(bytes)),
    end: () => controller.close(),
  };
}

/** Reads one chunk that comes after some milliseconds. */
async function readAfter({ watch, send }: ReturnType<typeof open>, ms: number, bytes: number): Promise<unknown> {
  const read = watch.read();
  read.catch(() => {});
  await vi.advanceTimersByTimeAsync(ms);
  if (watch.fault === undefined) send(bytes);
  return read;
}

describe("a client that sends very little within each idle time", () => {
  test("is refused as too slow after a minute of waiting", async () => {
    const body = open();
    for (let i = 0; i < 2; i++) await readAfter(body, 20_000, 1);
    await expect(readAfter(body, 20_000, 1)).rejects.toThrow("body: too-slow");
    expect(body.watch.fault).toBe("too-slow");
  });

  test("is allowed if no rate is set", async () => {
    const body = open({ minBytesPerSecond: 0 });
    for (let i = 0; i < 20; i++) await readAfter(body, 20_000, 1);
    expect(body.watch.fault).toBeUndefined();
  });
});

test("measures the rate per minute: a fast start does not compensate a slow end", async () => {
  const body = open();
  for (let i = 0; i < 2; i++) await readAfter(body, RATE_WINDOW_MS / 2, 10_000_000);
  for (let i = 0; i < 5; i++) await readAfter(body, 20_000, 1); // the last fast chunk is of the second minute
  await expect(readAfter(body, 20_000, 1)).rejects.toThrow("body: too-slow");
});

test("does not count time in which the store is slow", async () => {
  const body = open();
  for (let i = 0; i < 10; i++) {
    await readAfter(body, 10, 100);
    await vi.advanceTimersByTimeAsync(RATE_WINDOW_MS); // nothing is read
  }
  expect(body.watch.fault).toBeUndefined();
});

test("ends an upload that takes too long, at any speed", async () => {
  const body = open({ maxMs: 10_000 });
  for (let i = 0; i < 9; i++) await readAfter(body, 1_000, 1_000_000);
  await expect(readAfter(body, 1_000, 1_000_000)).rejects.toThrow("body: too-long");
});

test("reports a client without data for the idle time as stalled", async () => {
  const body = open({ idleMs: 5_000 });
  await readAfter(body, 4_999, 1);
  await expect(readAfter(body, 5_000, 1)).rejects.toThrow("body: stalled");
});

describe("after the end of a body", () => {
  test("a client that disconnects within 50 ms has broken off, as Chromium does over HTTP/2", async () => {
    const { watch, client } = open();
    const settled = watch.settle();
    settled.catch(() => {});
    await vi.advanceTimersByTimeAsync(SETTLE_MS - 1);
    client.abort(new Error("reset"));
    await expect(settled).rejects.toThrow("reset");
  });

  test("a client that disconnected before has broken off, too", async () => {
    const { watch, client } = open();
    client.abort(new Error("reset"));
    await expect(watch.settle()).rejects.toThrow("reset");
  });

  test("a client that stays has not broken off", async () => {
    const { watch } = open();
    const settled = watch.settle();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    await settled;
  });
});
