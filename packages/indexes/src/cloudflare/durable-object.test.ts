import { randomIds, type SignatureHash } from "@presign-once/core";
import { indexLaws } from "@presign-once/core/testing";
import { expect, test } from "vitest";

import { createDurableObjectIndex, type DurableObjectContext, SignatureIndexObject } from "./durable-object.ts";

// The laws with faults, and the races, run against the real thing, in test/stores.
const hash = "0".repeat(64) as SignatureHash;

/** Objects in memory, by name, and the alarms that they have set. */
function createNamespace() {
  const alarms: number[] = [];
  const objects = new Map<string, SignatureIndexObject>();
  function create(): SignatureIndexObject {
    const entries = new Map<string, unknown>();
    let last: Promise<unknown> = Promise.resolve();
    const storage: DurableObjectContext["storage"] = {
      get: async (key) => entries.get(key),
      put: async (key, value) => void entries.set(key, value),
      // One after the other, as the runtime does.
      transaction: (steps) => {
        const result = last.then(async () => steps(storage));
        last = result.catch(() => {});
        return result;
      },
      setAlarm: async (time) => void alarms.push(time),
      deleteAll: async () => entries.clear(),
    };
    return new SignatureIndexObject({ storage });
  }
  const get = (name: string) => objects.get(name) ?? objects.set(name, create()).get(name)!;
  const fetch = (name: string, body: string) => get(name).fetch({ json: async () => JSON.parse(body) as unknown });
  return {
    alarms,
    get,
    index: createDurableObjectIndex({
      namespace: { idFromName: (name) => name, get: (name) => ({ fetch: (_url, { body }) => fetch(name, body) }) },
    }),
  };
}

const laws = createNamespace();
test.each(indexLaws.filter(({ needsFaults }) => needsFaults === undefined).map((law) => [law.name, law] as const))(
  "%s",
  async (_name, law) => law.check({ open: () => laws.index }),
);

test("an object removes itself a day after its URL has ended, whether it was claimed or not", async () => {
  const { alarms, get, index } = createNamespace();
  await index.register(hash, { expiresAt: new Date(1_000) });
  await index.claim(hash, randomIds.claimant());
  expect(alarms).toEqual([86_401_000]);
  await get(hash).alarm();
  expect(await index.inspect(hash)).toEqual({ status: "unknown" });
});

test("asking about a hash that was never registered sets no alarm and stores nothing", async () => {
  const { alarms, index } = createNamespace();
  expect(await index.claim(hash, randomIds.claimant())).toMatchObject({ status: "unknown" });
  expect(await index.inspect(hash)).toEqual({ status: "unknown" });
  expect(alarms).toEqual([]);
});

test("an object that fails is undecided", async () => {
  const fetch = async () => ({ ok: false, status: 500, json: async () => ({}) });
  const namespace = { idFromName: (name: string) => name, get: () => ({ fetch }) };
  const index = createDurableObjectIndex({ namespace, limits: { totalMs: 50 } });
  expect(await index.claim(hash, randomIds.claimant())).toMatchObject({ status: "indeterminate", mayHaveLanded: true });
});
