import type { Claimant } from "../ports/claimant.ts";
import { type Clock, systemClock } from "../ports/clock.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import type { StoreFault } from "./index-law.ts";

/** What an in-memory index holds of one hash. */
export type InMemoryEntry =
  | { readonly state: "issued" }
  | { readonly state: "claimed"; readonly claimant: Claimant; readonly at: Date }
  | { readonly state: "revoked"; readonly at: Date };

/** The entries of an in-memory index, by hash. */
export type InMemoryStore = Map<SignatureHash, InMemoryEntry>;

/** Creates an empty store, to be shared by any number of {@link createInMemoryIndex} handles. */
export function createInMemoryStore(): InMemoryStore {
  return new Map();
}

/**
 * Creates an index in memory that holds every law: for unit tests, and as the plainest reading of the contract.
 *
 * Atomic because a runtime runs one thing at a time between two awaits. Whatever the entry says after the write is the
 * truth, so a write with a lost answer is resolved like any other.
 *
 * @param store  shared by the handles of one index; default: one of its own
 * @param fault  what the store does to this handle; default: nothing
 * @param clock  the store's clock; default: the system's
 */
export function createInMemoryIndex(
  store: InMemoryStore = createInMemoryStore(),
  fault?: StoreFault,
  clock: Clock = systemClock,
): SignatureIndex {
  const down = fault === "unavailable-storm";
  const refusesWrites = down || fault === "conflict-storm";
  const cause = `simulated ${fault ?? "fault"}`;
  const undecided = { status: "indeterminate", mayHaveLanded: false, cause } as const;

  /** Writes the terminal state of a hash unless there is one; returns whether it did. */
  function settle(hash: SignatureHash, entry: InMemoryEntry): boolean {
    const settles = !refusesWrites && store.get(hash)?.state === "issued";
    if (settles) store.set(hash, entry);
    return settles;
  }

  return {
    async register(hash) {
      if (!refusesWrites && !store.has(hash)) store.set(hash, { state: "issued" });
      const entry = down ? undefined : store.get(hash);
      if (entry === undefined) return { status: "indeterminate", cause };
      return { status: entry.state === "issued" ? "registered" : "already-registered" };
    },

    async claim(hash, claimant) {
      const written = settle(hash, { state: "claimed", claimant, at: clock.now() });
      const entry = store.get(hash);
      if (down || entry?.state === "issued") return undecided;
      if (entry === undefined) return { status: "unknown" };
      if (entry.state === "revoked") return { status: "revoked" };
      if (entry.claimant !== claimant) return { status: "already-claimed", owner: entry.claimant };
      return { status: "claimed", ...(written ? {} : { found: { since: entry.at } }) };
    },

    async revoke(hash) {
      settle(hash, { state: "revoked", at: clock.now() });
      const entry = store.get(hash);
      if (down || entry?.state === "issued") return { status: "indeterminate", cause };
      if (entry === undefined) return { status: "unknown" };
      return { status: entry.state === "revoked" ? "revoked" : "already-claimed" };
    },

    async inspect(hash) {
      if (down) return { status: "indeterminate", cause };
      const entry = store.get(hash);
      switch (entry?.state) {
        case undefined:
          return { status: "unknown" };
        case "issued":
          return { status: "issued" };
        case "claimed":
          return { status: "claimed", claimant: entry.claimant, at: entry.at };
        case "revoked":
          return { status: "revoked", at: entry.at };
      }
    },
  };
}
