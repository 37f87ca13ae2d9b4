import { describe, expect, test } from "vitest";

import { isBroken } from "../../test/is-broken.ts";
import type { Claimant } from "../ports/claimant.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { ClaimOutcome, InspectOutcome, SignatureIndex } from "../ports/signature-index.ts";
import { createInMemoryIndex, createInMemoryStore, type InMemoryEntry, type InMemoryStore } from "./in-memory-index.ts";
import { type IndexHarness, skipReason, type StoreFault } from "./index-law.ts";
import { indexLaws } from "./index-laws.ts";

type Open = (store: InMemoryStore, fault: StoreFault | undefined) => SignatureIndex;

const faults = ["lost-request", "lost-answer", "conflict-storm", "unavailable-storm"] as const;

const undecided: ClaimOutcome = { status: "indeterminate", mayHaveLanded: false, cause: "simulated" };

describe("the in-memory index keeps every law", () => {
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
        ...index,
        register: (hash, entry) => index.register(hash, entry).finally(() => own.add(hash)),
        claim: async (hash, claimant) => (own.has(hash) ? { status: "already-claimed" } : index.claim(hash, claimant)),
      };
    },
  },

  "a second claim is refused": {
    "a handle that won a hash keeps winning it": (store, fault) => {
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
    "a handle treats what it registered as free until it grants it itself": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const believedFree = new Set<SignatureHash>();
      return {
        ...index,
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
        revoke: (hash) => index.revoke(name(hash)),
        inspect: (hash) => index.inspect(name(hash)),
      };
    },
  },

  "a hash that was never registered is unknown, and claiming it leaves nothing behind": {
    "an unregistered hash is won": onUnregistered(() => ({ status: "claimed" })),
    "an unregistered hash is reported as claimed": onUnregistered(() => ({ status: "already-claimed" })),
    "an unregistered hash is reported as undecided": onUnregistered(() => undecided),
    "an unregistered hash is reported as claimed from its second claim on": onUnregistered((earlierClaims) => ({
      status: earlierClaims === 0 ? "unknown" : "already-claimed",
    })),
    "a handle keeps refusing a hash that it saw before the registration": (store, fault) => {
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
    "registering overwrites a claim": reopening("claimed"),
  },

  "registering an unclaimed hash again changes nothing": {
    "a second registration is reported as another issuer's": onSecondRegistration(() => "already-registered"),
    "a second registration uses the hash up": onSecondRegistration((store, hash) => {
      store.set(hash, claimedBy("0".repeat(32) as Claimant));
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
    "concurrent claims all give up for each other": (store, fault) => {
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
    "a claimant that claims again is refused": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        claim: async (hash, claimant) =>
          isOwner(store, hash, claimant) ? { status: "already-claimed" } : index.claim(hash, claimant),
      };
    },
  },

  "a claimant repeating its own claim learns the time of its first claim": {
    "no claimant learns the time of its claim": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        async claim(hash, claimant) {
          const outcome = await index.claim(hash, claimant);
          return outcome.status === "claimed" ? { status: "claimed" } : outcome;
        },
      };
    },
  },

  "a lost answer is resolved correctly or reported as undecided": {
    "a claim with a lost answer is reported as another claimant's": onClaim("lost-answer", async (index, ...claim) => {
      await index.claim(...claim);
      return { status: "already-claimed" };
    }),
    "a claim with a lost answer is reported as unknown": onClaim("lost-answer", async (index, ...claim) => {
      await index.claim(...claim);
      return { status: "unknown" };
    }),
  },

  "a lost answer never makes two winners": {
    "a claim whose request was lost is reported as won": onClaim("lost-request", async () => ({ status: "claimed" })),
    "a claim with a lost answer is reported as won": onClaim("lost-answer", async () => ({
      status: "claimed",
    })),
  },

  "a registration whose answer was lost is registered or undecided": {
    "a registration with a lost answer is reported as another issuer's": onRegister(
      "lost-answer",
      async (index, ...entry) => {
        await index.register(...entry);
        return { status: "already-registered" };
      },
    ),
    "a registration with a lost answer is reported as done": onRegister("lost-answer", async () => ({
      status: "registered",
    })),
  },

  "under a storm of conflicts no claimant wins without a write": {
    "a persistent conflict is reported as won": onClaim("conflict-storm", async () => ({ status: "claimed" })),
    "a conflict is reported as another claimant's claim": onClaim("conflict-storm", async () => ({
      status: "already-claimed",
    })),
  },

  "under a storm of errors a claim is neither won nor reported as unknown or claimed": {
    "a 503 is read as absent": onClaim("unavailable-storm", async () => ({ status: "unknown" })),
    "a 503 is read as another claimant's claim": onClaim("unavailable-storm", async () => ({
      status: "already-claimed",
    })),
    "a 503 is read as success": onClaim("unavailable-storm", async () => ({ status: "claimed" })),
  },

  "a claim that certainly wrote nothing leaves the hash claimable": {
    "a conflict is reported as not written, but its write lands": onClaim("conflict-storm", sayingNothingLanded),
    "a 503 is reported as not written, but its write lands": onClaim("unavailable-storm", sayingNothingLanded),
  },

  "every claim after a revocation is refused as revoked": {
    "the handle that revoked a hash may still claim it": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const revoked = new Set<SignatureHash>();
      return {
        ...index,
        async revoke(hash) {
          const outcome = await index.revoke(hash);
          if (outcome.status === "revoked") revoked.add(hash);
          return outcome;
        },
        claim: async (hash, claimant) => (revoked.has(hash) ? { status: "claimed" } : index.claim(hash, claimant)),
      };
    },
    "a revoked hash is reported as claimed": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      const revoked = new Set<SignatureHash>();
      return {
        ...index,
        async revoke(hash) {
          const outcome = await index.revoke(hash);
          if (outcome.status === "revoked") revoked.add(hash);
          return outcome;
        },
        claim: async (hash, claimant) =>
          revoked.has(hash) ? { status: "already-claimed" } : index.claim(hash, claimant),
      };
    },
  },

  "an unclaimed hash can be revoked, and revoking it again changes nothing": {
    "a second revocation is reported as a claim": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        revoke: async (hash) =>
          fault === undefined && store.get(hash)?.state === "revoked"
            ? { status: "already-claimed" }
            : index.revoke(hash),
      };
    },
  },

  "revoking a claimed hash fails and leaves the claim to its owner": {
    "a revocation overwrites a claim": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        async revoke(hash) {
          const outcome = await index.revoke(hash);
          if (outcome.status === "already-claimed") store.set(hash, { state: "revoked", at: new Date() });
          return outcome;
        },
      };
    },
  },

  "registering again never reopens a revoked hash": {
    "registering overwrites a revocation": reopening("revoked"),
  },

  "a hash that was never registered cannot be revoked, and trying leaves nothing behind": {
    "a revocation leaves an entry wherever there is none": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        async revoke(hash) {
          const outcome = await index.revoke(hash);
          if (fault === undefined && !store.has(hash)) store.set(hash, { state: "revoked", at: new Date() });
          return outcome;
        },
      };
    },
    "an unregistered hash is reported as revoked": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return { ...index, revoke: async (hash) => (store.has(hash) ? index.revoke(hash) : { status: "revoked" }) };
    },
  },

  "exactly one of a concurrent claim and revocation takes effect": {
    "a revocation looks first and answers later": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        async revoke(hash) {
          const free = fault === undefined && isFree(store, hash);
          await Promise.resolve();
          const outcome = await index.revoke(hash);
          return free && outcome.status === "already-claimed" ? { status: "revoked" } : outcome;
        },
      };
    },
    "a claim looks first, and then overwrites a revocation": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        async claim(hash, claimant) {
          const free = fault === undefined && isFree(store, hash);
          await Promise.resolve();
          if (free && store.get(hash)?.state === "revoked") store.set(hash, claimedBy(claimant));
          return index.claim(hash, claimant);
        },
      };
    },
  },

  "a lost answer to a revocation is resolved correctly or reported as undecided": {
    "a revocation with a lost answer is reported as a claim": onRevoke("lost-answer", async (index, hash) => {
      await index.revoke(hash);
      return { status: "already-claimed" };
    }),
    "a revocation with a lost answer is reported as done": onRevoke("lost-answer", async () => ({
      status: "revoked",
    })),
  },

  "under a storm a revocation that wrote nothing is undecided": {
    "a conflict is read as a revocation": onRevoke("conflict-storm", async () => ({ status: "revoked" })),
    "a 503 is read as absent": onRevoke("unavailable-storm", async () => ({ status: "unknown" })),
  },

  "inspect reports the state of a hash": {
    "a claim is reported as a revocation": onInspect("claimed", (told) => ({ ...told, status: "revoked" })),
    "a claim is reported without its time": onInspect("claimed", (told) => ({ ...told, at: new Date(Number.NaN) })),
    "a claim is reported with another claimant": onInspect("claimed", (told) => ({
      ...told,
      claimant: "0".repeat(32) as Claimant,
    })),
    "a revocation is reported as unknown": onInspect("revoked", () => ({ status: "unknown" })),
    "an issued hash is reported as unknown": onInspect("issued", () => ({ status: "unknown" })),
  },

  "inspecting a hash changes nothing": {
    "an inspection uses the hash up": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        async inspect(hash) {
          const told = await index.inspect(hash);
          if (told.status === "issued") store.set(hash, claimedBy("0".repeat(32) as Claimant));
          return told;
        },
      };
    },
  },

  "a hash that was never registered is unknown to inspect": {
    "an unregistered hash is reported as issued": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return {
        ...index,
        inspect: async (hash) => (fault === undefined && !store.has(hash) ? { status: "issued" } : index.inspect(hash)),
      };
    },
  },

  "under a storm of errors inspect is undecided": {
    "a 503 is read as absent": (store, fault) => {
      const index = createInMemoryIndex(store, fault);
      return fault === "unavailable-storm" ? { ...index, inspect: async () => ({ status: "unknown" }) } : index;
    },
  },
};

describe("exactly one law detects that", () => {
  for (const [law, indexes] of Object.entries(breakers))
    for (const [wrong, open] of Object.entries(indexes))
      test(`${wrong}: ${law}`, async () => {
        expect(await brokenLaws(open)).toEqual([law]);
      });
});

test("has a broken index for every law", () => {
  expect(Object.keys(breakers).sort()).toEqual(indexLaws.map(({ name }) => name).sort());
  expect(Object.values(breakers).every((indexes) => Object.keys(indexes).length > 0)).toBe(true);
});

test("reports what it saw instead of what the law requires", async () => {
  const open = breakers["a second claim is refused"]!["a handle that won a hash keeps winning it"]!;
  const law = indexLaws.find(({ name }) => name === "a second claim is refused");
  await expect(law?.check(harness(open))).rejects.toMatchObject({
    name: "PresignOnceError",
    code: "LAW_BROKEN",
    message: "a second claim through the same handle was answered claimed instead of already-claimed",
  });
});

test("tells a race without an answer from one without a winner", async () => {
  const law = indexLaws.find(({ name }) => name === "exactly one of many concurrent claims wins");
  const silent: Open = (store) => ({ ...createInMemoryIndex(store), claim: async () => undecided });
  await expect(law?.check({ ...harness(silent), rounds: 1, claimants: 3 })).rejects.toThrow(
    "0 of 3 concurrent claims won in round 1 of 1, 3 were undecided",
  );
});

test("does not report a fault of the store as a broken law", async () => {
  const fault = new Error("simulated");
  const failing = () => Promise.reject(fault);
  const open = () => ({ register: failing, claim: failing, revoke: failing, inspect: failing });
  for (const law of indexLaws) await expect(law.check(harness(open))).rejects.toBe(fault);
});

test("runs the race laws with the rounds and claimants of the harness", async () => {
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

describe("a harness without faults", () => {
  const store = createInMemoryStore();
  const without: IndexHarness = { open: () => createInMemoryIndex(store) };
  const skipped = indexLaws.filter((law) => skipReason(law, without) !== undefined);

  test("skips the laws that need one, and no other", () => {
    expect(skipped.map(({ name }) => name).filter((name) => !/\b(lost|storm|certainly)\b/.test(name))).toEqual([]);
    expect(skipped).toHaveLength(9);
    expect(skipReason(skipped[0]!, { ...without, faults })).toBeUndefined();
  });

  test("a law that was not skipped neither holds in vain nor accuses a sound index", async () => {
    for (const law of indexLaws) {
      const check = law.check(without);
      if (skipped.includes(law)) await expect(check).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
      else await check;
    }
  });

  test("names what is missing", () => {
    const law = indexLaws.find(({ name }) => name === "under a storm a revocation that wrote nothing is undecided")!;
    const reason = "the harness cannot inject: unavailable-storm";
    expect(skipReason(law, { ...without, faults: ["conflict-storm"] })).toBe(reason);
  });
});

async function brokenLaws(open: Open): Promise<string[]> {
  const broken: string[] = [];
  for (const law of indexLaws) if (await isBroken(law.check(harness(open)))) broken.push(law.name);
  return broken;
}

/** A harness on a store of its own. */
function harness(open: Open): IndexHarness {
  const store = createInMemoryStore();
  return { open: (fault) => open(store, fault), faults };
}

function isFree(store: InMemoryStore, hash: SignatureHash): boolean {
  return store.get(hash)?.state === "issued";
}

function isOwner(store: InMemoryStore, hash: SignatureHash, claimant: Claimant): boolean {
  const entry = store.get(hash);
  return entry?.state === "claimed" && entry.claimant === claimant;
}

function claimedBy(claimant: Claimant): InMemoryEntry {
  return { state: "claimed", claimant, at: new Date() };
}

/** An index in which registering overwrites what it must not. */
function reopening(state: InMemoryEntry["state"]): Open {
  return (store, fault) => {
    const index = createInMemoryIndex(store, fault);
    return {
      ...index,
      async register(hash, entry) {
        if (store.get(hash)?.state !== state) return index.register(hash, entry);
        store.set(hash, { state: "issued" });
        return { status: "registered" };
      },
    };
  };
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
        isFree(store, hash) ? { status: register(store, hash) } : index.register(hash, entry),
    };
  };
}

/** An index that reads first and writes later in a claim, so that other claims come between. */
function checkingFirst(store: InMemoryStore, fault: StoreFault | undefined): SignatureIndex {
  const index = createInMemoryIndex(store, fault);
  return {
    ...index,
    async claim(hash, claimant) {
      const free = fault === undefined && isFree(store, hash);
      await Promise.resolve();
      if (free && store.get(hash)?.state !== "revoked") store.set(hash, claimedBy(claimant));
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
    const index = createInMemoryIndex(store, given);
    const calm = createInMemoryIndex(store);
    return given === fault ? { ...index, claim: (...args) => claim(calm, ...args) } : index;
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
    const index = createInMemoryIndex(store, given);
    const calm = createInMemoryIndex(store);
    return given === fault ? { ...index, register: (...args) => register(calm, ...args) } : index;
  };
}

/** An index that is sound but for its revocations under one fault. */
function onRevoke(
  fault: StoreFault,
  revoke: (index: SignatureIndex, hash: SignatureHash) => ReturnType<SignatureIndex["revoke"]>,
): Open {
  return (store, given) => {
    const index = createInMemoryIndex(store, given);
    const calm = createInMemoryIndex(store);
    return given === fault ? { ...index, revoke: (hash) => revoke(calm, hash) } : index;
  };
}

/** An index that is sound but for what it tells of one kind of hash. */
function onInspect<Status extends InspectOutcome["status"]>(
  status: Status,
  tell: (told: Extract<InspectOutcome, { status: Status }>) => object,
): Open {
  return (store, fault) => {
    const index = createInMemoryIndex(store, fault);
    return {
      ...index,
      async inspect(hash) {
        const told = await index.inspect(hash);
        return (told.status === status ? tell(told as never) : told) as InspectOutcome;
      },
    };
  };
}

async function sayingNothingLanded(
  index: SignatureIndex,
  ...claim: Parameters<SignatureIndex["claim"]>
): ReturnType<SignatureIndex["claim"]> {
  await index.claim(...claim);
  return undecided;
}
