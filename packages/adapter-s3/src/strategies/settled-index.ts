import type { Claimant, RegisterOutcome, SignatureHash, SignatureIndex } from "@presign-once/core";

import { explainFailure } from "../s3/explain-failure.ts";
import { claimedBody, type EntryState, REVOKED_BODY } from "./index-entry.ts";

/** An index on S3. */
export interface S3Index extends SignatureIndex {
  /** Names the index, for `createEdgeKeys`: a URL that was used up in one is not free in the next. */
  readonly scope: string;
}

/**
 * What a strategy must do: settle a hash once, either by a claim or by a revocation. The written bytes name the claimant or
 * the revocation.
 */
export interface SettlingStrategy {
  readonly scope: string;
  register(hash: SignatureHash, entry: { readonly expiresAt: Date }): Promise<RegisterOutcome>;
  /**
   * Makes `body` the terminal state of a hash, unless there is one.
   *
   * Atomic across every handle on the store: of all bodies at most one ever settles a hash.
   */
  settle(hash: SignatureHash, body: string): Promise<Settlement>;
  /** Reads the terminal state, or that there is none. */
  look(hash: SignatureHash): Promise<Looked>;
}

/**
 * - `settled`: by this body. `found` is set if it was written already, with the time if the store reports it.
 * - `settled-before`: by another body, `by` what it says as far as the strategy looks; `owner`: who claimed, where it was
 *   read.
 * - `unknown`: never registered.
 * - `indeterminate`: the outcome is unknown.
 */
export type Settlement = { readonly attempts: number } & (
  | { readonly status: "settled"; readonly found?: { readonly since: Date | undefined } }
  | { readonly status: "settled-before"; readonly by: "claim" | "revocation"; readonly owner?: Claimant }
  | { readonly status: "unknown" }
  | { readonly status: "indeterminate"; readonly mayHaveLanded: boolean; readonly cause: unknown }
);

/** What an entry says; `at` is when it was written, by the store's clock. */
export type Looked =
  | (Exclude<EntryState, { state: "foreign" }> & { readonly at: Date | undefined })
  | { readonly state: "unknown" }
  | { readonly state: "indeterminate"; readonly cause: unknown };

/** Puts the one index that there is on a way to settle hashes. */
export function createSettledIndex({ scope, register, settle, look }: SettlingStrategy): S3Index {
  return {
    scope,
    async register(hash, entry) {
      const outcome = await register(hash, entry);
      return outcome.status === "indeterminate" ? { ...outcome, cause: explainFailure(outcome.cause) } : outcome;
    },

    async claim(hash: SignatureHash, claimant: Claimant) {
      const settlement = await settle(hash, claimedBody(claimant));
      const { attempts } = settlement;
      switch (settlement.status) {
        case "settled": {
          const { found } = settlement;
          return { status: "claimed", attempts, ...(found === undefined ? {} : { found }) };
        }
        case "settled-before":
          if (settlement.by === "revocation") return { status: "revoked", attempts };
          return { status: "already-claimed", attempts, ...pickOwner(settlement) };
        case "unknown":
          return settlement;
        case "indeterminate":
          return { ...settlement, cause: explainFailure(settlement.cause) };
      }
    },

    async revoke(hash: SignatureHash) {
      const settlement = await settle(hash, REVOKED_BODY);
      switch (settlement.status) {
        case "settled":
          return { status: "revoked" };
        case "settled-before":
          return { status: "already-claimed" };
        case "unknown":
          return { status: "unknown" };
        case "indeterminate":
          return { status: "indeterminate", cause: explainFailure(settlement.cause) };
      }
    },

    async inspect(hash: SignatureHash) {
      const looked = await look(hash);
      switch (looked.state) {
        case "issued":
        case "unknown":
          return { status: looked.state };
        case "indeterminate":
          return { status: "indeterminate", cause: explainFailure(looked.cause) };
        case "claimed":
        case "revoked":
          if (looked.at === undefined) return { status: "indeterminate", cause: new Error("the entry has no time") };
          return looked.state === "revoked"
            ? { status: "revoked", at: looked.at }
            : { status: "claimed", claimant: looked.claimant, at: looked.at };
      }
    },
  };
}

function pickOwner({ owner }: { readonly owner?: Claimant }): { readonly owner?: Claimant } {
  return owner === undefined ? {} : { owner };
}

/** What the terminal state that was read back means for a body that was to settle the hash. */
export function settlementOf(
  entry: Exclude<EntryState, { state: "issued" | "foreign" }> & {
    readonly body: string;
    readonly lastModified: Date | undefined;
  },
  body: string,
):
  | { status: "settled"; found: { since: Date | undefined } }
  | { status: "settled-before"; by: "claim" | "revocation"; owner?: Claimant } {
  if (entry.body === body) return { status: "settled", found: { since: entry.lastModified } };
  return entry.state === "claimed"
    ? { status: "settled-before", by: "claim", owner: entry.claimant }
    : { status: "settled-before", by: "revocation" };
}
