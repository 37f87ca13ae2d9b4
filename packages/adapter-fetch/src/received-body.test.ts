import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { streamOf } from "../test/in-memory-relay.ts";
import { type BodyTerms, receiveBody } from "./received-body.ts";
import type { BodyReader } from "./take-body.ts";

const SHA256_OF_HELLO = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

function terms(changes: Partial<BodyTerms> = {}): BodyTerms {
  const { signal } = new AbortController();
  return {
    ...{
      maxBytes: 1_000,
      declaredBytes: undefined,
      sha256: undefined,
      idleMs: 5_000,
      minBytesPerSecond: 0,
      maxMs: 60_000,
      signal,
      onBytes: () => {},
    },
    ...changes,
  };
}

function readerOf(pieces: Parameters<typeof streamOf>[0]): BodyReader {
  return (streamOf(pieces) as ReadableStream<Uint8Array>).getReader();
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

test("reads a valid body completely, chunk by chunk", async () => {
  const steps: number[] = [];
  const onBytes = (bytes: number) => steps.push(bytes);
  const held = terms({ maxBytes: 5, declaredBytes: 5, sha256: SHA256_OF_HELLO, onBytes });
  const body = receiveBody(readerOf(["he", "llo"]), held);
  expect(body.isWhole).toBe(false);
  expect(await readAll(body.chunks)).toBe("hello");
  expect(body).toMatchObject({ bytes: 5, fault: undefined, isWhole: true });
  expect(steps).toEqual([2, 5]);
});

describe("treats a missing body as an empty one", () => {
  test("that is allowed", async () => {
    const body = receiveBody(undefined, terms({ declaredBytes: 0 }));
    expect(await readAll(body.chunks)).toBe("");
    expect(body).toMatchObject({ bytes: 0, isWhole: true });
  });
  test("that is not allowed", async () => {
    const short = receiveBody(undefined, terms({ declaredBytes: 1 }));
    await expect(readAll(short.chunks)).rejects.toMatchObject({ code: "BODY_REFUSED" });
    expect(short).toMatchObject({ fault: "wrong-length", isWhole: false });
    const other = receiveBody(undefined, terms({ sha256: SHA256_OF_HELLO }));
    await expect(readAll(other.chunks)).rejects.toThrow("body: digest-mismatch");
  });
});

describe("a body whose client disconnects right after its end", () => {
  /** Ends the body, and lets the client go in the same turn: what Chromium does over HTTP/2 when a page aborts. */
  async function readAborted(changes: Partial<BodyTerms>) {
    const client = new AbortController();
    async function* aborted(): AsyncGenerator<string> {
      yield "hello";
      setTimeout(() => client.abort(new Error("RST_STREAM")), 6);
    }
    const body = receiveBody(readerOf(aborted()), terms({ signal: client.signal, ...changes }));
    const read = await readAll(body.chunks).catch((error: unknown) => error);
    return { read, body };
  }

  test("is not complete without a length or digest", async () => {
    const { read, body } = await readAborted({});
    expect(read).toMatchObject({ code: "BODY_REFUSED" });
    expect(body).toMatchObject({ fault: "broken-off", isWhole: false });
  });

  test.each<Partial<BodyTerms>>([{ declaredBytes: 5 }, { sha256: SHA256_OF_HELLO }])(
    "is complete if its length or digest matches: %o",
    async (changes) => {
      expect((await readAborted(changes)).body).toMatchObject({ isWhole: true });
    },
  );
});

describe("throws instead of ending the body", () => {
  const cases: [fault: string, pieces: string[], changes: Partial<BodyTerms>][] = [
    ["too-large", ["hello", "!"], { maxBytes: 5 }],
    ["wrong-length", ["hello", "!"], { declaredBytes: 5 }],
    ["wrong-length", ["hell"], { declaredBytes: 5 }],
    ["digest-mismatch", ["Hello"], { sha256: SHA256_OF_HELLO }],
    ["digest-mismatch", [], { sha256: SHA256_OF_HELLO }],
  ];
  test.each(cases)("%s: %j, held to %j", async (fault, pieces, changes) => {
    const body = receiveBody(readerOf(pieces), terms(changes));
    await expect(readAll(body.chunks)).rejects.toMatchObject({ code: "BODY_REFUSED", message: `body: ${fault}` });
    expect(body).toMatchObject({ fault, isWhole: false });
  });

  test("too-large: at once, before the excess byte is passed on", async () => {
    const read: number[] = [];
    let pulled = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        pulled++;
        yield "x";
      }
    }
    const body = receiveBody(readerOf(endless()), terms({ maxBytes: 3 }));
    const reading = async () => {
      for await (const chunk of body.chunks) read.push(chunk.length);
    };
    await expect(reading()).rejects.toThrow("body: too-large");
    expect(read).toEqual([1, 1, 1]);
    expect(pulled).toBeLessThan(8);
  });

  test("broken-off: its connection broke", async () => {
    async function* broken(): AsyncGenerator<string> {
      yield "hello";
      throw new Error("ECONNRESET");
    }
    const body = receiveBody(readerOf(broken()), terms());
    await expect(readAll(body.chunks)).rejects.toMatchObject({ cause: new Error("ECONNRESET") });
    expect(body).toMatchObject({ fault: "broken-off", bytes: 5 });
  });

  test("broken-off: its client disconnected before or during a read", async () => {
    const early = new AbortController();
    early.abort();
    const unread = receiveBody(readerOf(["hello"]), terms({ signal: early.signal }));
    await expect(readAll(unread.chunks)).rejects.toThrow("body: broken-off");

    const late = new AbortController();
    async function* silent(): AsyncGenerator<string> {
      yield "hello";
      await new Promise(() => {});
    }
    const body = receiveBody(readerOf(silent()), terms({ signal: late.signal }));
    setTimeout(() => late.abort(), 20);
    await expect(readAll(body.chunks)).rejects.toThrow("body: broken-off");
  });

  test("stalled: no data for the idle time, counted only during a read", async () => {
    async function* slow(): AsyncGenerator<string> {
      yield "a";
      yield "b";
      await new Promise(() => {});
    }
    const body = receiveBody(readerOf(slow()), terms({ idleMs: 60 }));
    const read: string[] = [];
    const reading = async () => {
      for await (const chunk of body.chunks) {
        read.push(Buffer.from(chunk).toString());
        await sleep(120); // a store that takes its time is not the client's silence
      }
    };
    await expect(reading()).rejects.toThrow("body: stalled");
    expect([read, body.fault]).toEqual([["a", "b"], "stalled"]);
  });
});

test("leaves unread data, so that the answer can be sent", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel: () => void (cancelled = true),
  });
  const body = receiveBody(stream.getReader(), terms({ maxBytes: 5 }));
  await expect(readAll(body.chunks)).rejects.toThrow("body: too-large");
  await sleep(10);
  expect([cancelled, stream.locked]).toEqual([false, false]);
});

test("abandons a read that no caller waits for", async () => {
  async function* silent(): AsyncGenerator<string> {
    await new Promise(() => {});
    yield "never";
  }
  const body = receiveBody(readerOf(silent()), terms());
  const reading = readAll(body.chunks);
  setTimeout(() => body.close(), 10);
  await expect(reading).rejects.toThrow("body: broken-off");
});
