import { describe, expect, test } from "vitest";

import type { Claimant } from "../claimant.ts";
import { PresignOnceError } from "../presign-once-error.ts";
import type { SignatureHash } from "../signature-hash.ts";
import type { ClaimOutcome, SignatureIndex } from "../signature-index.ts";
import { createInMemoryIndex, createInMemoryStore, type InMemoryStore } from "./in-memory-index.ts";
import { type IndexHarness, type IndexLaw, indexLaws, type StoreFault } from "./index-laws.ts";

type Open = (store: InMemoryStore, fault: StoreFault | undefined) => SignatureIndex;

const undecided: ClaimOutcome = { status: "indeterminate", mayHaveLanded: false, cause: "simulated" };

describe("the in-memory index holds every law", () => {
  test.each(indexLaws.map((law) => [law.name, law] as const))("%s", async (_, law) => {
    await law.check(harness(createInMemoryIndex));
  });
});

/** For each law, indexes that break it and no other: what is wrong with them, and how they open. */
const breakers: Record<string, Record<string, Open>> = {
  "the first claim of a registered hash wins": {
    "a handle refuses to claim what it registered itself": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const own = new Set<SignatureHash>();
      return {
        register: (hash, entry) => index.register(hash, entry).finally(() => own.add(hash)),
        claim: async (hash, claimant) => (own.has(hash) ? { status: "already-claimed" } : index.claim(hash, claimant)),
      };
    },
  },

  "a second claim is refused": {
    "a handle that won a hash once goes on winning it": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const won = new Set<SignatureHash>();
      return {
        ...index,
        async claim(hash, claimant) {
          if (won.has(hash)) return { status: "claimed" };
          const outcome = await index.claim(hash, claimant);
          if (outcome.status === "claimed") won.add(hash);
          return outcome;
        },
      };
    },
  },

  "a claim is seen through another handle": {
    "a handle believes what it registered to be free until it granted it itself": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const believedFree = new Set<SignatureHash>();
      return {
        async register(hash, entry) {
          if (!store.has(hash)) believedFree.add(hash);
          return index.register(hash, entry);
        },
        async claim(hash, claimant) {
          const outcome = await index.claim(hash, claimant);
          return believedFree.delete(hash) ? { status: "claimed" } : outcome;
        },
      };
    },
  },

  "hashes do not interfere with each other": {
    "entries are named by the first 63 digits": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const name = (hash: SignatureHash) => hash.slice(0, 63) as SignatureHash;
      return {
        register: (hash, entry) => index.register(name(hash), entry),
        claim: (hash, claimant) => index.claim(name(hash), claimant),
      };
    },
  },

  "a hash that was never registered is unknown, and claiming it leaves nothing behind": {
    "an unregistered hash is won": onUnregistered(() => ({ status: "claimed" })),
    "an unregistered hash is called claimed": onUnregistered(() => ({ status: "already-claimed" })),
    "an unregistered hash is called undecided": onUnregistered(() => undecided),
    "an unregistered hash is called claimed from its second claim on": onUnregistered((earlierClaims) => ({
      status: earlierClaims === 0 ? "unknown" : "already-claimed",
    })),
    "a handle goes on refusing a hash that it met before it was registered": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const metTooEarly = new Set<SignatureHash>();
      return {
        ...index,
        async claim(hash, claimant) {
          if (!store.has(hash)) metTooEarly.add(hash);
          const outcome = await index.claim(hash, claimant);
          return metTooEarly.has(hash) && outcome.status !== "unknown" ? { status: "already-claimed" } : outcome;
        },
      };
    },
  },

  "registering again never reopens a claimed hash": {
    "registering overwrites": (store, fault) => ({
      ...createInMemoryIndex(store, fault),
      async register(hash) {
        store.set(hash, "issued");
        return { status: "registered" };
      },
    }),
  },

  "registering an unclaimed hash again changes nothing": {
    "a second registration is called somebody else's": onSecondRegistration(() => "already-registered"),
    "a second registration uses the hash up": onSecondRegistration((store, hash) => {
      store.set(hash, "0".repeat(32) as Claimant);
      return "registered";
    }),
  },

  "exactly one of many concurrent claims wins": {
    "a claim checks, then acts": checkingFirst,
    "a claim is atomic among those of its own handle only": (store, fault) => {
      const index = checkingFirst(store, fault);
      let turn: Promise<unknown> = Promise.resolve();
      return {
        ...index,
        claim(hash, claimant) {
          const outcome = turn.then(() => index.claim(hash, claimant));
          turn = outcome;
          return outcome;
        },
      };
    },
    "claims at once all give way to each other": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      let claiming = 0;
      return {
        ...index,
        async claim(hash, claimant) {
          claiming++;
          await Promise.resolve();
          const alone = claiming === 1;
          await Promise.resolve();
          claiming--;
          return alone ? index.claim(hash, claimant) : { status: "already-claimed" };
        },
      };
    },
  },

  "a claimant repeating its own claim still owns it": {
    "whoever claims again is refused": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        claim: async (hash, claimant) =>
          store.get(hash) === claimant ? { status: "already-claimed" } : index.claim(hash, claimant),
      };
    },
  },

  "a lost answer is resolved to the truth, or reported as undecided": {
    "a claim whose answer was lost is called somebody else's": onClaim("lost-answer", async (index, ...claim) => {
      await index.claim(...claim);
      return { status: "already-claimed" };
    }),
    "a claim whose answer was lost is called unknown": onClaim("lost-answer", async (index, ...claim) => {
      await index.claim(...claim);
      return { status: "unknown" };
    }),
  },

  "a lost answer never makes two winners": {
    "a claim whose answer was lost is believed to have been won": onClaim("lost-answer", async () => ({
      status: "claimed",
    })),
  },

  "a registration whose answer was lost is registered or undecided": {
    "a registration whose answer was lost is called somebody else's": onRegister(
      "lost-answer",
      async (index, ...entry) => {
        await index.register(...entry);
        return { status: "already-registered" };
      },
    ),
    "a registration whose answer was lost is believed to have been made": onRegister("lost-answer", async () => ({
      status: "registered",
    })),
  },

  "under a storm of conflicts nobody wins who wrote nothing": {
    "a conflict that persists is believed to be won": onClaim("conflict-storm", async () => ({ status: "claimed" })),
    "a conflict is called somebody else's claim": onClaim("conflict-storm", async () => ({
      status: "already-claimed",
    })),
  },

  "under a storm of errors a registered hash is neither won nor called unknown or claimed": {
    "a 503 is taken for absent": onClaim("unavailable-storm", async () => ({ status: "unknown" })),
    "a 503 is taken for somebody else's claim": onClaim("unavailable-storm", async () => ({
      status: "already-claimed",
    })),
    "a 503 is taken for success": onClaim("unavailable-storm", async () => ({ status: "claimed" })),
  },

  "a claim that wrote nothing for certain leaves the hash claimable": {
    "a conflict is said to have left nothing, but its write lands": onClaim("conflict-storm", sayingNothingLanded),
    "a 503 is said to have left nothing, but its write lands": onClaim("unavailable-storm", sayingNothingLanded),
  },
};

describe("each law is the only one to catch", () => {
  for (const [law, indexes] of Object.entries(breakers))
    for (const [wrong, open] of Object.entries(indexes))
      test(`${wrong}: ${law}`, async () => {
        expect(await brokenLaws(open)).toEqual([law]);
      });
});

test("every law has an index that breaks it, and every such index a law", () => {
  expect(Object.keys(breakers).sort()).toEqual(indexLaws.map(({ name }) => name).sort());
  expect(Object.values(breakers).every((indexes) => Object.keys(indexes).length > 0)).toBe(true);
});

test("a broken law says what was seen instead", async () => {
  const open = breakers["a second claim is refused"]!["a handle that won a hash once goes on winning it"]!;
  const law = indexLaws.find(({ name }) => name === "a second claim is refused");
  await expect(law?.check(harness(open))).rejects.toMatchObject({
    name: "PresignOnceError",
    code: "LAW_BROKEN",
    message: "a second claim through the same handle was answered claimed instead of already-claimed",
  });
});

test("a fault in the store is no broken law", async () => {
  const fault = new Error("simulated");
  const open = () => ({ register: () => Promise.reject(fault), claim: () => Promise.reject(fault) });
  for (const law of indexLaws) await expect(law.check(harness(open))).rejects.toBe(fault);
});

test("the laws about races try as often, with as many claimants, as the harness says", async () => {
  const claims: Promise<unknown>[] = [];
  const open: Open = (store, fault) => {
    const index = createInMemoryIndex(store, fault);
    return {
      ...index,
      claim(hash, claimant) {
        const outcome = index.claim(hash, claimant);
        claims.push(outcome);
        return outcome;
      },
    };
  };
  const law = indexLaws.find(({ name }) => name === "exactly one of many concurrent claims wins");
  await law?.check({ ...harness(open), rounds: 3, claimants: 7 });
  expect(claims).toHaveLength(21);
  await law?.check(harness(open));
  expect(claims).toHaveLength(21 + 5 * 50);
});

async function brokenLaws(open: Open): Promise<string[]> {
  const broken: string[] = [];
  for (const law of indexLaws) if (await isBroken(law, open)) broken.push(law.name);
  return broken;
}

async function isBroken(law: IndexLaw, open: Open): Promise<boolean> {
  try {
    await law.check(harness(open));
    return false;
  } catch (error) {
    if (error instanceof PresignOnceError && error.code === "LAW_BROKEN") return true;
    throw error;
  }
}

/** A harness on a store of its own. */
function harness(open: Open): IndexHarness {
  const store = createInMemoryStore();
  return { open: (fault) => open(store, fault) };
}

/** An index that is sound but for registrations of a hash that is registered and unclaimed. */
function onSecondRegistration(
  register: (store: InMemoryStore, hash: SignatureHash) => "registered" | "already-registered",
): Open {
  return (store, fault) => {
    const index = createInMemoryIndex(store, fault);
    return {
      ...index,
      register: async (hash, entry) =>
        store.get(hash) === "issued" ? { status: register(store, hash) } : index.register(hash, entry),
    };
  };
}

/** An index whose claims look first and write later, so that others come between. */
function checkingFirst(store: InMemoryStore, fault: StoreFault | undefined): SignatureIndex {
  const index = createInMemoryIndex(store, fault);
  return {
    ...index,
    async claim(hash, claimant) {
      const free = fault === undefined && store.get(hash) === "issued";
      await Promise.resolve();
      if (free) store.set(hash, claimant);
      return index.claim(hash, claimant);
    },
  };
}

/** An index that is sound but for claims of unregistered hashes; it counts them. */
function onUnregistered(answer: (earlierClaims: number) => ClaimOutcome): Open {
  return (store, fault) => {
    const index = createInMemoryIndex(store, fault);
    let earlierClaims = 0;
    return {
      ...index,
      claim: async (hash, claimant) => (store.has(hash) ? index.claim(hash, claimant) : answer(earlierClaims++)),
    };
  };
}

/** An index that is sound but for its claims under one fault. */
function onClaim(
  fault: StoreFault,
  claim: (index: SignatureIndex, ...args: Parameters<SignatureIndex["claim"]>) => ReturnType<SignatureIndex["claim"]>,
): Open {
  return (store, given) => {
    if (given !== fault) return createInMemoryIndex(store, given);
    const index = createInMemoryIndex(store);
    return { ...index, claim: (...args) => claim(index, ...args) };
  };
}

/** An index that is sound but for its registrations under one fault. */
function onRegister(
  fault: StoreFault,
  register: (
    index: SignatureIndex,
    ...args: Parameters<SignatureIndex["register"]>
  ) => ReturnType<SignatureIndex["register"]>,
): Open {
  return (store, given) => {
    if (given !== fault) return createInMemoryIndex(store, given);
    const index = createInMemoryIndex(store);
    return { ...index, register: (...args) => register(index, ...args) };
  };
}

async function sayingNothingLanded(
  index: SignatureIndex,
  ...claim: Parameters<SignatureIndex["claim"]>
): ReturnType<SignatureIndex["claim"]> {
  await index.claim(...claim);
  return undecided;
}
