import type { HistoryOutcome, UploadHistory } from "../ports/upload-history.ts";
import { broken, expect, newKey } from "./law-steps.ts";

/** How the laws get at an implementation. */
export interface HistoryHarness {
  /** Opens one more handle on the one store of this harness; `unavailable`: one that the store does not answer. */
  open(fault?: "unavailable"): UploadHistory;
  /** Stores an object as an upload would; returns its ETag, in its quotes. */
  store(key: string): Promise<string>;
  /** Deletes an object as its owner would; without it the law about that is passed over. */
  readonly remove?: (key: string) => Promise<void>;
}

/** One clause of the contract of {@link UploadHistory}. */
export interface HistoryLaw {
  /** The rule, as a sentence. */
  readonly name: string;
  /** @throws {PresignOnceError} `LAW_BROKEN`: the implementation was seen to break this law; the message says how */
  check(harness: HistoryHarness): Promise<void>;
}

/**
 * The contract of {@link UploadHistory} as data, with no test runner in it: bind it to any.
 *
 * @example
 * for (const law of historyLaws) test(law.name, () => law.check(harness));
 */
export const historyLaws: readonly HistoryLaw[] = [
  {
    name: "a key without an object reports never, even next to similar keys",
    async check({ open, store }) {
      const key = newKey();
      tell("a new key", await open().wasStored(key), "never");
      await store(`${key}0`);
      await store(key.slice(0, -1));
      tell("a new key, beside a longer and a shorter one", await open().wasStored(key), "never");
    },
  },
  {
    name: "a key with an object reports stored, through every handle",
    async check({ open, store }) {
      const [early, key] = [open(), newKey()];
      await early.wasStored(key);
      const etag = await store(key);
      for (const [who, handle] of [
        ["a handle that had looked before", early],
        ["a new handle", open()],
      ] as const) {
        const told = await handle.wasStored(key);
        tell(`a key, by ${who}`, told, "stored");
        if (told.status === "stored" && told.object?.etag !== etag)
          broken(`the object of a key was told by ${who} as ${told.object?.etag ?? "gone"} instead of ${etag}`);
      }
    },
  },
  {
    name: "a key with a deleted object reports stored",
    async check({ open, store, remove }) {
      if (remove === undefined) return;
      const key = newKey();
      await store(key);
      await remove(key);
      const told = await open().wasStored(key);
      tell("a key whose object was deleted", told, "stored");
      if (told.status === "stored" && told.object !== undefined) broken("a deleted object was reported as still there");
    },
  },
  {
    name: "a store that does not answer is reported as undecided",
    async check({ open }) {
      tell("a key, of a store that does not answer", await open("unavailable").wasStored(newKey()), "indeterminate");
    },
  },
];

function tell(what: string, outcome: HistoryOutcome, status: HistoryOutcome["status"]): void {
  expect(what, outcome, status);
}
