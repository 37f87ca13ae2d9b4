import {
  type Claimant,
  isPermanentFault,
  PresignOnceError,
  type SignatureHash,
  type SignatureIndex,
} from "@presign-once/core";

import { type Deadline, startDeadline, type TimeLimits } from "./deadline.ts";

/** What a store holds of one hash; `at` is when it was settled, by the store's clock. */
export type Entry =
  | { readonly state: "issued" }
  | { readonly state: "claimed"; readonly claimant: Claimant; readonly at: Date }
  | { readonly state: "revoked"; readonly at: Date };

/**
 * What is known of an error: the store did not and will not carry out the request, `for-now` or until its operator changes
 * something (`for-good`).
 */
export type Refusal = "for-now" | "for-good";

/**
 * What an index needs of a store: three functions, each one request. They may return promises, and may throw.
 *
 * An implementation must let at most one `settle` of a hash ever return true, over every process that uses the store. A
 * {@link PresignOnceError} that it throws means: nothing was written, and trying again is of no use.
 */
export interface EntryStore {
  /** Creates an issued entry unless there is any; true if it did. The store may remove it a day after `expiresAt`. */
  create(hash: SignatureHash, expiresAt: Date): boolean | Promise<boolean>;
  /**
   * Turns an issued entry into a claimed or revoked one, in one atomic step; true if this call did.
   *
   * @param by  the claimant; `null` revokes
   */
  settle(hash: SignatureHash, by: Claimant | null): boolean | Promise<boolean>;
  /** Reads an entry as the latest write left it; `undefined`: there is none. An entry that may not be claimed counts as none. */
  read(hash: SignatureHash): Entry | undefined | Promise<Entry | undefined>;
  /**
   * What an error of `create` or `settle` proves; `undefined`: nothing, the write may have taken effect or may yet. Default: it
   * never proves anything.
   */
  refusalOf?(error: unknown): Refusal | undefined;
}

/** How one attempt to settle a hash ended. */
type Settlement = { readonly attempts: number } & (
  | { readonly status: "settled" }
  | { readonly status: "found"; readonly entry: Exclude<Entry, { state: "issued" }> | undefined }
  | { readonly status: "indeterminate"; readonly mayHaveLanded: boolean; readonly cause: unknown }
);

/**
 * Makes an index of a store that can create, settle and read entries.
 *
 * Whenever the answer to a write is anything but a plain yes, the entry is read back, and what it says is the truth: a lost
 * answer is recognized by the claimant in the entry. While it says that the hash is unclaimed, the write is tried again until
 * time is over; then the outcome is `indeterminate`.
 *
 * @param limits  of the time; a request that is given up may still take effect, and counts as one that may have
 */
export function createEntryIndex(store: EntryStore, limits: TimeLimits = {}): SignatureIndex {
  const causeOf = (error: unknown): unknown =>
    isPermanentFault(error) || store.refusalOf?.(error) !== "for-good"
      ? error
      : new PresignOnceError("STORE_REFUSED", "the store refuses what the index asks: see the cause", { cause: error });
  const provesNoWrite = (error: unknown): boolean => isPermanentFault(error) || store.refusalOf?.(error) !== undefined;

  /** Reads an entry; a failure is a cause, and no reason to throw. */
  async function look(
    hash: SignatureHash,
    deadline: Deadline,
  ): Promise<{ entry: Entry | undefined } | { cause: unknown }> {
    try {
      return { entry: await deadline.run(() => store.read(hash)) };
    } catch (error) {
      return { cause: causeOf(error) };
    }
  }

  async function settle(hash: SignatureHash, by: Claimant | null): Promise<Settlement> {
    const deadline = startDeadline(limits);
    let cause: unknown = new Error("the entry stayed unclaimed although it was written");
    let mayHaveLanded = false;
    let attempts = 0;
    do {
      attempts++;
      try {
        if (await deadline.run(() => store.settle(hash, by))) return { status: "settled", attempts };
      } catch (error) {
        mayHaveLanded ||= !provesNoWrite(error);
        cause = causeOf(error);
      }
      const looked = await look(hash, deadline);
      if ("cause" in looked) cause = isPermanentFault(cause) ? cause : looked.cause;
      else if (looked.entry?.state !== "issued") return { status: "found", entry: looked.entry, attempts };
    } while (!(isPermanentFault(cause) && !mayHaveLanded) && (await deadline.pause()));
    return { status: "indeterminate", mayHaveLanded, cause, attempts };
  }

  return {
    async register(hash, { expiresAt }) {
      const deadline = startDeadline(limits);
      let cause: unknown = new Error("the entry was not there after it was written");
      do {
        try {
          if (await deadline.run(() => store.create(hash, expiresAt))) return { status: "registered" };
        } catch (error) {
          cause = causeOf(error);
        }
        const looked = await look(hash, deadline);
        if ("cause" in looked) cause = isPermanentFault(cause) ? cause : looked.cause;
        else if (looked.entry !== undefined)
          return { status: looked.entry.state === "issued" ? "registered" : "already-registered" };
      } while (!isPermanentFault(cause) && (await deadline.pause()));
      return { status: "indeterminate", cause };
    },

    async claim(hash, claimant) {
      const settlement = await settle(hash, claimant);
      const { attempts } = settlement;
      if (settlement.status === "settled") return { status: "claimed", attempts };
      if (settlement.status === "indeterminate") return settlement;
      const { entry } = settlement;
      if (entry === undefined) return { status: "unknown", attempts };
      if (entry.state === "revoked") return { status: "revoked", attempts };
      return entry.claimant === claimant
        ? { status: "claimed", found: { since: entry.at }, attempts }
        : { status: "already-claimed", owner: entry.claimant, attempts };
    },

    async revoke(hash) {
      const settlement = await settle(hash, null);
      if (settlement.status === "settled") return { status: "revoked" };
      if (settlement.status === "indeterminate") return { status: "indeterminate", cause: settlement.cause };
      const { entry } = settlement;
      if (entry === undefined) return { status: "unknown" };
      return { status: entry.state === "revoked" ? "revoked" : "already-claimed" };
    },

    async inspect(hash) {
      const looked = await look(hash, startDeadline(limits));
      if ("cause" in looked) return { status: "indeterminate", cause: looked.cause };
      const { entry } = looked;
      if (entry === undefined) return { status: "unknown" };
      const { state: status, ...rest } = entry;
      return { status, ...rest } as Awaited<ReturnType<SignatureIndex["inspect"]>>;
    },
  };
}
