import { expect, test } from "vitest";

import { guardBody } from "./guarded-body.ts";

const CHUNK = new Uint8Array(10);

/** A body that says how far it was read, and whether it was closed. */
function watched(chunks: number) {
  const state = { read: 0, closed: false };
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (; state.read < chunks;) {
        state.read++;
        yield CHUNK;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, body: body() };
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}

test("reads a body only on demand", async () => {
  const { state, body } = watched(5);
  const guarded = guardBody(body, 100);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(state.read).toBe(0);
  const reader = guarded.stream.getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect([state.read, guarded.bytes]).toEqual([1, 10]);
});

test("allows exactly the maximum of bytes", async () => {
  expect(await readAll(guardBody(watched(5).body, 50).stream)).toBe(50);
  await expect(readAll(guardBody(watched(5).body, 49).stream)).rejects.toMatchObject({
    code: "UPLOAD_TOO_LARGE",
    message: "body: expected 49 bytes at most; larger needs a declared length and a larger memoryBudgetBytes",
  });
});

test("passes on the error of a body unchanged", async () => {
  const fault = new Error("simulated");
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield CHUNK;
    throw fault;
  }
  await expect(readAll(guardBody(failing(), 100).stream)).rejects.toBe(fault);
});

test("can stop a body that keeps its reader waiting", async () => {
  async function* stuck(): AsyncGenerator<Uint8Array> {
    yield CHUNK;
    await new Promise(() => {});
  }
  const guarded = guardBody(stuck(), 100);
  const reading = readAll(guarded.stream);
  setTimeout(() => guarded.stop("enough"), 10);
  await expect(reading).rejects.toBe("enough");
});

test("reads nothing after it was stopped", async () => {
  const { state, body } = watched(5);
  const guarded = guardBody(body, 100);
  guarded.stop("enough");
  await expect(readAll(guarded.stream)).rejects.toBe("enough");
  expect(state.read).toBe(0);
});

test("closes a body that has not ended, and leaves an ended one alone", async () => {
  const early = watched(5);
  const guarded = guardBody(early.body, 100);
  await guarded.stream.getReader().read();
  guarded.close();
  await expect.poll(() => early.state.closed).toBe(true);

  const whole = watched(1);
  const guardedWhole = guardBody(whole.body, 100);
  await readAll(guardedWhole.stream);
  guardedWhole.close();
  guardedWhole.close();
});
