import type { Claimant } from "../claimant.ts";
import type { SignatureHash } from "../signature-hash.ts";
import type { SignatureIndex } from "../signature-index.ts";
import type { StoreFault } from "./index-laws.ts";

/** The entries of an in-memory index: who owns a registered hash, if anybody. */
export type InMemoryStore = Map<SignatureHash, Claimant | "issued">;

/** Creates an empty store, to be shared by any number of {@link createInMemoryIndex} handles. */
export function createInMemoryStore(): InMemoryStore {
  return new Map();
}

/**
 * Creates an index in memory that holds every law: for unit tests, and as the plainest reading of the contract.
 *
 * Atomic because a runtime runs one thing at a time between two awaits. Whoever the entry names after the write owns the
 * hash, so a write whose answer was lost is resolved like any other.
 *
 * @param store  shared by the handles of one index; default: one of its own
 * @param fault  what the store does to this handle; default: nothing
 */
export function createInMemoryIndex(store: InMemoryStore = createInMemoryStore(), fault?: StoreFault): SignatureIndex {
  const down = fault === "unavailable-storm";
  const refusesWrites = down || fault === "conflict-storm";
  const cause = `simulated ${fault ?? "fault"}`;

  return {
    async register(hash) {
      if (!refusesWrites && !store.has(hash)) store.set(hash, "issued");
      const owner = down ? undefined : store.get(hash);
      if (owner === undefined) return { status: "indeterminate", cause };
      return { status: owner === "issued" ? "registered" : "already-registered" };
    },
    async claim(hash, claimant) {
      if (!refusesWrites && store.get(hash) === "issued") store.set(hash, claimant);
      const owner = store.get(hash);
      if (down || owner === "issued") return { status: "indeterminate", mayHaveLanded: false, cause };
      if (owner === undefined) return { status: "unknown" };
      return { status: owner === claimant ? "claimed" : "already-claimed" };
    },
  };
}
