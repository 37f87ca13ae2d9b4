import { describe, expect, test } from "vitest";

import { isBroken } from "../../test/is-broken.ts";
import type { UploadHistory } from "../ports/upload-history.ts";
import { type HistoryHarness, historyLaws } from "./history-laws.ts";
import { createInMemoryHistory, type InMemoryUploads } from "./in-memory-history.ts";

type Open = (keys: InMemoryUploads, fault: "unavailable" | undefined) => UploadHistory;

describe("the in-memory history keeps every law", () => {
  test.each(historyLaws.map((law) => [law.name, law] as const))("%s", async (_, law) => {
    await law.check(harness(createInMemoryHistory));
  });
});

/** For each law, histories that break it and no other: what is wrong with them, and how they open. */
const breakers: Record<string, Record<string, Open>> = {
  "a key without an object reports never, even next to similar keys": {
    "keys with the same prefix count": (keys, fault) => ({
      async wasStored(key) {
        const [stored] = [...keys.keys()].filter((known) => known.startsWith(key));
        return createInMemoryHistory(keys, fault).wasStored(keys.has(key) ? key : (stored ?? key));
      },
    }),
  },
  "a key with an object reports stored, through every handle": {
    "a handle caches that nothing was stored": (keys, fault) => {
      const seen = new Map<string, ReturnType<UploadHistory["wasStored"]>>();
      return {
        wasStored(key) {
          const known = seen.get(key) ?? createInMemoryHistory(keys, fault).wasStored(key);
          seen.set(key, known);
          return known;
        },
      };
    },
  },
  "a key with a deleted object reports stored": {
    "a deleted object leaves no trace": (keys, fault) => ({
      wasStored: (key) => createInMemoryHistory(keys.get(key) === undefined ? undefined : keys, fault).wasStored(key),
    }),
    "a deleted object is reported as still there": (keys, fault) => ({
      async wasStored(key) {
        const told = await createInMemoryHistory(keys, fault).wasStored(key);
        return told.status === "stored" ? { ...told, object: { etag: '"e"', bytes: 1 } } : told;
      },
    }),
  },
  "a store that does not answer is reported as undecided": {
    "a 503 is read as absent": (keys) => createInMemoryHistory(keys),
  },
};

describe("exactly one law detects that", () => {
  for (const [law, histories] of Object.entries(breakers))
    for (const [wrong, open] of Object.entries(histories))
      test(`${wrong}: ${law}`, async () => {
        const broken: string[] = [];
        for (const one of historyLaws) if (await isBroken(one.check(harness(open)))) broken.push(one.name);
        expect(broken).toEqual([law]);
      });
});

test("has a broken history for every law", () => {
  expect(Object.keys(breakers).sort()).toEqual(historyLaws.map(({ name }) => name).sort());
});

function harness(open: Open): HistoryHarness {
  const keys: InMemoryUploads = new Map();
  return {
    open: (fault) => open(keys, fault),
    async store(key) {
      keys.set(key, { etag: '"e"', bytes: 1 });
      return '"e"';
    },
    remove: async (key) => void keys.set(key, undefined),
  };
}
