import { PresignOnceError, randomIds, type SignatureHash } from "@presign-once/core";
import { indexLaws, type StoreFault, withFaults } from "@presign-once/core/testing";
import { describe, expect, test } from "vitest";

import { createEntryIndex, type Entry, type EntryStore } from "./entry-index.ts";

const hash = "0".repeat(64) as SignatureHash;
const expiresAt = new Date(Date.now() + 60_000);
const faults = ["lost-request", "lost-answer", "conflict-storm", "unavailable-storm"] as const;

/** The plainest store: a map, each function one request. */
function createStore(entries = new Map<string, Entry>()): EntryStore {
  return {
    create: async (key) => !entries.has(key) && entries.set(key, { state: "issued" }).has(key),
    async settle(key, claimant) {
      if (entries.get(key)?.state !== "issued") return false;
      const at = new Date();
      entries.set(key, claimant === null ? { state: "revoked", at } : { state: "claimed", claimant, at });
      return true;
    },
    read: async (key) => entries.get(key),
  };
}

describe.each(["proves nothing", "proves that nothing was written"])("with a store whose conflict %s", (proof) => {
  const entries = new Map<string, Entry>();
  const conflict = new Error("conflict");
  const refusalOf = (error: unknown) =>
    error === conflict && proof !== "proves nothing" ? ("for-now" as const) : undefined;
  const open = (fault?: StoreFault) => {
    const kindOf = ([call]: readonly { method: string }[]) => (call?.method === "read" ? "read" : "write");
    const store = withFaults(createStore(entries), fault, { kindOf, conflict });
    const { create, settle, read } = store;
    return createEntryIndex({ create, settle, read, refusalOf }, { totalMs: 200 });
  };
  test.each(indexLaws.map((law) => [law.name, law] as const))("%s", async (_name, law) => law.check({ open, faults }));

  test("a claim that only met conflicts says whether it may have landed", async () => {
    await open().register(hash, { expiresAt });
    const outcome = await open("conflict-storm").claim(hash, randomIds.claimant());
    expect(outcome).toMatchObject({ status: "indeterminate", mayHaveLanded: proof === "proves nothing" });
  });
});

test("a claim whose answer was lost reports when it was made", async () => {
  const store = createStore();
  let isLost = true;
  const index = createEntryIndex({
    ...store,
    async settle(...claim) {
      const settled = await store.settle(...claim);
      if (!isLost) return settled;
      isLost = false;
      throw new Error("lost");
    },
  });
  await index.register(hash, { expiresAt });
  const outcome = await index.claim(hash, randomIds.claimant());
  expect(outcome).toEqual({ status: "claimed", found: { since: expect.any(Date) }, attempts: 1 });
});

test("a hash that was claimed or revoked cannot be registered again", async () => {
  const index = createEntryIndex(createStore());
  const [claimed, revoked] = [hash, "1".repeat(64) as SignatureHash];
  for (const settled of [claimed, revoked]) await index.register(settled, { expiresAt });
  await index.claim(claimed, randomIds.claimant());
  await index.revoke(revoked);
  for (const settled of [claimed, revoked])
    expect(await index.register(settled, { expiresAt })).toEqual({ status: "already-registered" });
});

test("a store that never answers is given up, and may have written", async () => {
  const never = () => new Promise<never>(() => {});
  const index = createEntryIndex({ create: never, settle: never, read: never }, { requestMs: 20, totalMs: 60 });
  const startedAt = performance.now();
  expect(await index.claim(hash, randomIds.claimant())).toMatchObject({ status: "indeterminate", mayHaveLanded: true });
  expect(await index.register(hash, { expiresAt })).toMatchObject({ status: "indeterminate" });
  expect(await index.revoke(hash)).toMatchObject({ status: "indeterminate" });
  expect(await index.inspect(hash)).toMatchObject({ status: "indeterminate" });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test("what the store refuses for good is not tried again", async () => {
  const refused = new Error("no such table");
  const fail = () => Promise.reject(refused);
  const store: EntryStore = { create: fail, settle: fail, read: fail, refusalOf: () => "for-good" };
  expect(await createEntryIndex(store).claim(hash, randomIds.claimant())).toEqual({
    status: "indeterminate",
    mayHaveLanded: false,
    attempts: 1,
    cause: expect.objectContaining({ code: "STORE_REFUSED", cause: refused }),
  });
});

test("a store that throws a permanent fault has written nothing", async () => {
  const cause = new PresignOnceError("INDEX_MISCONFIGURED", "planted");
  const fail = () => {
    throw cause;
  };
  const index = createEntryIndex({ create: fail, settle: fail, read: fail });
  expect(await index.claim(hash, randomIds.claimant())).toEqual({
    status: "indeterminate",
    mayHaveLanded: false,
    attempts: 1,
    cause,
  });
  expect(await index.register(hash, { expiresAt })).toEqual({ status: "indeterminate", cause });
});

test("a claim that may have landed is looked for even if the store then refuses for good", async () => {
  const store = createStore();
  const claimant = randomIds.claimant();
  await store.create(hash, expiresAt);
  let attempts = 0;
  const index = createEntryIndex({
    ...store,
    async settle(...claim) {
      if (attempts++ === 0) {
        await store.settle(...claim);
        throw new Error("lost");
      }
      throw new PresignOnceError("STORE_REFUSED", "planted");
    },
    read: async (key) => (attempts < 3 ? Promise.reject(new Error("unavailable")) : store.read(key)),
  });
  expect(await index.claim(hash, claimant)).toMatchObject({ status: "claimed", attempts: 3 });
});
