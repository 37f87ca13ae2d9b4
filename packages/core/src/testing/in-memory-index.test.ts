import { expect, test } from "vitest";

import { randomIds } from "../ports/ids.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import { createInMemoryIndex, createInMemoryStore } from "./in-memory-index.ts";

const hash = await hashCanonicalRequest("PUT\n/uploads/1\n");
const entry = { expiresAt: new Date("2026-01-01T00:00:00Z") };

test("creates its own store if none is given", async () => {
  const [one, other] = [createInMemoryIndex(), createInMemoryIndex()];
  await one.register(hash, entry);
  expect(await other.claim(hash, randomIds.claimant())).toEqual({ status: "unknown" });
});

test("reports already-registered for a claimed hash", async () => {
  const index = createInMemoryIndex();
  expect(await index.register(hash, entry)).toEqual({ status: "registered" });
  expect(await index.register(hash, entry)).toEqual({ status: "registered" });
  await index.claim(hash, randomIds.claimant());
  expect(await index.register(hash, entry)).toEqual({ status: "already-registered" });
});

test("answers indeterminate and stores nothing while the store is down", async () => {
  for (const state of ["empty", "registered", "claimed"]) {
    const store = createInMemoryStore();
    const index = createInMemoryIndex(store);
    if (state !== "empty") await index.register(hash, entry);
    if (state === "claimed") await index.claim(hash, randomIds.claimant());
    const before = new Map(store);

    const down = createInMemoryIndex(store, "unavailable-storm");
    expect(await down.register(hash, entry)).toMatchObject({ status: "indeterminate" });
    expect(await down.claim(hash, randomIds.claimant())).toMatchObject({
      status: "indeterminate",
      mayHaveLanded: false,
    });
    expect(store).toEqual(before);
  }
});

test("still reads a store that refuses writes", async () => {
  const store = createInMemoryStore();
  const stormy = createInMemoryIndex(store, "conflict-storm");
  expect(await stormy.register(hash, entry)).toMatchObject({ status: "indeterminate" });
  expect(await stormy.claim(hash, randomIds.claimant())).toEqual({ status: "unknown" });

  const index = createInMemoryIndex(store);
  await index.register(hash, entry);
  expect(await stormy.claim(hash, randomIds.claimant())).toMatchObject({
    status: "indeterminate",
    mayHaveLanded: false,
  });
  expect(await index.claim(hash, randomIds.claimant())).toEqual({ status: "claimed" });
  expect(await stormy.claim(hash, randomIds.claimant())).toMatchObject({ status: "already-claimed" });
});
