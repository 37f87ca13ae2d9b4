import { PresignOnceError } from "@presign-once/core";
import { expect, test, vi } from "vitest";

import { createInMemoryRelay, RELAY, streamOf } from "../test/in-memory-relay.ts";
import type { RelayHooks } from "./relay-hooks.ts";

function createHooks() {
  return { onStored: vi.fn<NonNullable<RelayHooks["onStored"]>>(), onRefused: vi.fn(), onError: vi.fn() };
}

async function uploadTo(options: Parameters<typeof createInMemoryRelay>[0]): Promise<void> {
  const relay = createInMemoryRelay(options);
  await relay.upload((await relay.grant()).url);
}

test("onStored is told of an upload before its client is answered", async () => {
  const hooks = createHooks();
  let finish = (): void => {};
  hooks.onStored.mockReturnValue(new Promise((resolve) => (finish = resolve)));
  const relay = createInMemoryRelay({ ...hooks, requestId: () => "r1" });
  const { url, id, key, headers } = await relay.grant("filename=a.png&content-type=image/png");
  let isAnswered = false;
  const answer = relay.upload(url, { body: "hello", headers: { ...headers, "content-length": "5" } });
  void answer.then(() => (isAnswered = true));
  await vi.waitFor(() => expect(hooks.onStored).toHaveBeenCalled());
  expect([relay.objects.size, isAnswered]).toEqual([1, false]);
  finish();
  expect((await answer).status).toBe(200);
  const metadata = { filename: "a.png" };
  expect(hooks.onStored.mock.calls).toEqual([
    [{ requestId: "r1", id, key, bytes: 5, etag: expect.any(String), metadata, contentType: "image/png" }],
  ]);
  expect(hooks.onRefused).not.toHaveBeenCalled();
  expect(hooks.onError).not.toHaveBeenCalled();
});

test("an onStored that throws changes no answer, since the object is there, and onError is told", async () => {
  const cause = new Error("no database");
  for (const onStored of [
    () => Promise.reject(cause),
    () => {
      throw cause;
    },
  ]) {
    const hooks = { ...createHooks(), onStored };
    const relay = createInMemoryRelay({ ...hooks, requestId: () => "r1" });
    expect((await relay.upload((await relay.grant()).url)).status).toBe(200);
    expect(hooks.onError.mock.calls).toEqual([[{ requestId: "r1", cause }]]);
  }
});

test("an onStored that never settles holds no place of an upload", async () => {
  const hooks = createHooks();
  hooks.onStored.mockReturnValueOnce(new Promise(() => {}));
  const relay = createInMemoryRelay({ ...hooks, maxConcurrentUploads: 1 });
  void relay.upload((await relay.grant()).url);
  await vi.waitFor(() => expect(hooks.onStored).toHaveBeenCalled());
  expect((await relay.upload((await relay.grant()).url)).status).toBe(200);
});

test("onRefused is told of requests that use nothing up, and of uploads that are not stored", async () => {
  const hooks = createHooks();
  const relay = createInMemoryRelay({ ...hooks, requestId: () => "r1" });
  const { url, id } = await relay.grant("max-bytes=4");
  await relay.upload(`${RELAY}/u/nonsense`);
  await relay.upload(url);
  await relay.upload(url, { body: streamOf(["hello"]), duplex: "half" });
  await relay.upload(url, { body: streamOf(["a"]), duplex: "half" });
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(hooks.onRefused.mock.calls.flat()).toEqual([
    { requestId: "r1", reason: "malformed" },
    { requestId: "r1", reason: "entity-too-large", hash },
    { requestId: "r1", reason: "too-large", hash, id },
    { requestId: "r1", reason: "already-claimed", hash },
  ]);
  expect(hooks.onStored).not.toHaveBeenCalled();
});

test("onError alone is told of what is not the client's doing, and onRefused is not", async () => {
  const hooks = createHooks();
  const common = { ...hooks, requestId: () => "r1" };
  const cause = new Error("simulated");
  for (const mayBeStored of [true, false])
    await uploadTo({ ...common, store: async () => ({ status: "failed", mayBeStored, leftBehind: false, cause }) });
  for (const mayHaveLanded of [true, false])
    await uploadTo({ ...common, claim: () => ({ status: "indeterminate", mayHaveLanded, cause }) });
  const full = createInMemoryRelay({ ...common, maxConcurrentUploads: 1, store: () => new Promise(() => {}) });
  void full.upload((await full.grant()).url);
  await vi.waitFor(() => expect(full.asked.stores).toBe(1));
  await full.upload((await full.grant()).url);
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  const id = expect.any(String);
  expect(hooks.onError.mock.calls.flat()).toEqual([
    { requestId: "r1", reason: "store-undecided", hash, id, cause },
    { requestId: "r1", reason: "store-failed", hash, id, cause },
    { requestId: "r1", reason: "undecided", hash, cause },
    { requestId: "r1", reason: "unavailable", hash, cause },
    { requestId: "r1", reason: "busy", hash },
  ]);
  expect(hooks.onRefused).not.toHaveBeenCalled();
});

test("onError is told why no URL was issued", async () => {
  const onError = vi.fn();
  const cause = new Error("simulated");
  const relay = createInMemoryRelay({
    ...{ onError, requestId: () => "r1" },
    register: () => ({ status: "indeterminate", mayHaveLanded: false, cause }),
  });
  await expect(relay.grant()).rejects.toThrow("503");
  expect(onError.mock.calls).toEqual([[{ requestId: "r1", cause }]]);
});

test("onError is told of the causes that the log names only", async () => {
  const hooks = createHooks();
  const cause = new Error("https://bucket.example/?X-Amz-Signature=planted");
  const relay = createInMemoryRelay({
    ...{ ...hooks, requestId: () => "r1" },
    store: async () => ({ status: "failed", mayBeStored: false, leftBehind: false, cause }),
  });
  await relay.upload((await relay.grant()).url);
  const broken = createInMemoryRelay({
    ...{ ...hooks, requestId: () => "r2" },
    claim: () => ({ status: "indeterminate", mayHaveLanded: false, cause }),
  });
  await broken.upload((await broken.grant()).url);
  const fault = new PresignOnceError("CONFIG_INVALID", "simulated");
  const faulty = createInMemoryRelay({
    ...{ ...hooks, requestId: () => "r3" },
    authorizer: { authorize: () => Promise.reject(fault) },
  });
  await expect(faulty.grant()).rejects.toThrow("500");
  expect(hooks.onError.mock.calls.flat()).toEqual([
    expect.objectContaining({ requestId: "r1", cause }),
    expect.objectContaining({ requestId: "r2", cause }),
    { requestId: "r3", cause: fault },
  ]);
  expect(relay.text() + broken.text()).not.toContain("planted");
});

test("a hook that throws disturbs nothing", async () => {
  const thrower = () => {
    throw new Error("of a hook");
  };
  const relay = createInMemoryRelay({ onRefused: thrower, onError: thrower, onStored: thrower });
  const { url } = await relay.grant();
  expect((await relay.upload(url)).status).toBe(200);
  expect((await relay.upload(url)).status).toBe(403);
});

test.each(["onStored", "onRefused", "onError"])("%s has to be a function", (name) => {
  expect(() => createInMemoryRelay({ [name]: "log" })).toThrow(`${name}: expected a function`);
});
