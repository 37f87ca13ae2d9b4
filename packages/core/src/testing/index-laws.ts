import { toHex } from "../bytes.ts";
import { randomIds } from "../ids.ts";
import { PresignOnceError } from "../presign-once-error.ts";
import type { SignatureHash } from "../signature-hash.ts";
import type { ClaimOutcome, SignatureIndex } from "../signature-index.ts";

/**
 * What a harness can make a store do to one handle.
 *
 * - `lost-answer`: the handle's first write takes effect, but its answer never arrives.
 * - `conflict-storm`: every write of the handle is answered with a conflict (409) and has no effect; reads work.
 * - `unavailable-storm`: every request of the handle is answered with 503 and has no effect.
 */
export type StoreFault = "lost-answer" | "conflict-storm" | "unavailable-storm";

/** How the laws get at an implementation. */
export interface IndexHarness {
  /** Opens one more handle on the one store of this harness, independent of every other handle. */
  open(fault?: StoreFault): SignatureIndex | Promise<SignatureIndex>;
  /** How often the laws about races are tried; default 5. One round proves little: a race lost by luck is not a law kept. */
  readonly rounds?: number;
  /** How many claim at once in the laws about races; default 50. */
  readonly claimants?: number;
}

/** One clause of the contract of {@link SignatureIndex}. */
export interface IndexLaw {
  /** The rule, as a sentence. */
  readonly name: string;
  /** @throws {PresignOnceError} `LAW_BROKEN`: the implementation was seen to break this law; the message says how */
  check(harness: IndexHarness): Promise<void>;
}

const EXPIRES_IN_MS = 3_600_000;

/**
 * The contract of {@link SignatureIndex} as data, with no test runner in it: bind it to any.
 *
 * Holding every law in any number of rounds disproves nothing about the races that did not happen.
 *
 * @example
 * for (const law of indexLaws) test(law.name, () => law.check({ open: () => createInMemoryIndex(store) }));
 */
export const indexLaws: readonly IndexLaw[] = [
  {
    name: "the first claim of a registered hash wins",
    async check(harness) {
      const index = await harness.open();
      const hash = await registered(index);
      expect("the first claim, made through the handle that registered", await claim(index, hash), "claimed");
    },
  },
  {
    name: "a second claim is refused",
    async check(harness) {
      const index = await harness.open();
      const hash = await registered(await harness.open());
      await claim(index, hash);
      expect("a second claim through the same handle", await claim(index, hash), "already-claimed");
    },
  },
  {
    name: "a claim is seen through another handle",
    async check(harness) {
      const other = await harness.open();
      const hash = await registered(other);
      await claim(await harness.open(), hash);
      expect(
        "a claim through the handle that registered, after one elsewhere",
        await claim(other, hash),
        "already-claimed",
      );
    },
  },
  {
    name: "hashes do not interfere with each other",
    async check(harness) {
      const registrar = await harness.open();
      const index = await harness.open();
      const [one, other] = neighbours();
      await register(registrar, one);
      await register(registrar, other);
      await claim(index, one);
      expect("the first claim of a hash, after a claim of its neighbour", await claim(index, other), "claimed");
    },
  },
  {
    name: "a hash that was never registered is unknown, and claiming it leaves nothing behind",
    async check(harness) {
      const index = await harness.open();
      const hash = randomHash();
      expect("a claim of an unregistered hash", await claim(index, hash), "unknown");
      expect("a second claim of an unregistered hash", await claim(index, hash), "unknown");
      await register(await harness.open(), hash);
      expect("the first claim after registering", await claim(index, hash), "claimed");
    },
  },
  {
    name: "registering again never reopens a claimed hash",
    async check(harness) {
      const registrar = await harness.open();
      const hash = await registered(registrar);
      await claim(await harness.open(), hash);
      await registrar.register(hash, { expiresAt: new Date(Date.now() + EXPIRES_IN_MS) });
      expect("a claim after registering again", await claim(await harness.open(), hash), "already-claimed");
    },
  },
  {
    name: "registering an unclaimed hash again changes nothing",
    async check(harness) {
      const hash = await registered(await harness.open());
      await register(await harness.open(), hash);
      expect("the first claim after registering twice", await claim(await harness.open(), hash), "claimed");
    },
  },
  {
    name: "exactly one of many concurrent claims wins",
    async check(harness) {
      const { rounds = 5, claimants = 50 } = harness;
      const registrar = await harness.open();
      const handles = [await harness.open(), await harness.open()] as const;
      for (let round = 1; round <= rounds; round++) {
        const hash = await registered(registrar);
        const claims = Array.from({ length: claimants }, (_, i) => claim(handles[i % 2 === 0 ? 0 : 1], hash));
        const outcomes = await Promise.all(claims);
        const winners = outcomes.filter(({ status }) => status === "claimed").length;
        if (winners !== 1) broken(`${winners} of ${claimants} concurrent claims won in round ${round} of ${rounds}`);
      }
    },
  },
  {
    name: "a claimant repeating its own claim still owns it",
    async check(harness) {
      const index = await harness.open();
      const hash = await registered(await harness.open());
      const claimant = randomIds.claimant();
      if ((await index.claim(hash, claimant)).status !== "claimed") return; // the first law's business
      expect("the winner's second claim", await index.claim(hash, claimant), "claimed");
    },
  },
  {
    name: "a lost answer is resolved to the truth, or reported as undecided",
    async check(harness) {
      const hash = await registered(await harness.open());
      const outcome = await claim(await harness.open("lost-answer"), hash);
      if (outcome.status === "indeterminate" && outcome.mayHaveLanded) return;
      expect("a claim that took effect but whose answer was lost", outcome, "claimed");
    },
  },
  {
    name: "a lost answer never makes two winners",
    async check(harness) {
      const hash = await registered(await harness.open());
      const first = await claim(await harness.open("lost-answer"), hash);
      const second = await claim(await harness.open(), hash);
      if (first.status === "claimed" && second.status === "claimed") broken("two claimants won after one lost answer");
    },
  },
  {
    name: "a registration whose answer was lost is registered or undecided",
    async check(harness) {
      const index = await harness.open("lost-answer");
      const hash = randomHash();
      const { status } = await index.register(hash, { expiresAt: new Date(Date.now() + EXPIRES_IN_MS) });
      if (status === "already-registered")
        broken("a registration that met its own entry was called already-registered");
      if (status !== "registered") return;
      expect(
        "the first claim after a registration whose answer was lost",
        await claim(await harness.open(), hash),
        "claimed",
      );
    },
  },
  {
    name: "under a storm of conflicts nobody wins who wrote nothing",
    async check(harness) {
      const hash = await registered(await harness.open());
      const stormy = await claim(await harness.open("conflict-storm"), hash);
      expect("a claim none of whose writes took effect", stormy, "indeterminate");
    },
  },
  {
    name: "under a storm of errors a registered hash is neither won nor called unknown or claimed",
    async check(harness) {
      const hash = await registered(await harness.open());
      const stormy = await claim(await harness.open("unavailable-storm"), hash);
      expect("a claim none of whose requests was served", stormy, "indeterminate");
    },
  },
  {
    name: "a claim that wrote nothing for certain leaves the hash claimable",
    async check(harness) {
      for (const fault of ["lost-answer", "conflict-storm", "unavailable-storm"] as const) {
        const hash = await registered(await harness.open());
        const outcome = await claim(await harness.open(fault), hash);
        if (outcome.status !== "indeterminate" || outcome.mayHaveLanded) continue;
        const next = await claim(await harness.open(), hash);
        expect(`the next claim after one that reported no write (${fault})`, next, "claimed");
      }
    },
  },
];

async function registered(index: SignatureIndex): Promise<SignatureHash> {
  const hash = randomHash();
  await register(index, hash);
  return hash;
}

async function register(index: SignatureIndex, hash: SignatureHash): Promise<void> {
  const outcome = await index.register(hash, { expiresAt: new Date(Date.now() + EXPIRES_IN_MS) });
  if (outcome.status === "registered") return;
  broken(
    `an unclaimed hash could not be registered: ${outcome.status}`,
    "cause" in outcome ? outcome.cause : undefined,
  );
}

function claim(index: SignatureIndex, hash: SignatureHash): Promise<ClaimOutcome> {
  return index.claim(hash, randomIds.claimant());
}

function expect(what: string, outcome: ClaimOutcome, status: ClaimOutcome["status"]): void {
  if (outcome.status === status) return;
  const cause = "cause" in outcome ? outcome.cause : undefined;
  broken(`${what} was answered ${outcome.status} instead of ${status}`, cause);
}

function broken(message: string, cause?: unknown): never {
  throw new PresignOnceError("LAW_BROKEN", message, { cause });
}

function randomHash(): SignatureHash {
  return toHex(crypto.getRandomValues(new Uint8Array(32))) as SignatureHash;
}

/** Two hashes that differ in their last digit only. */
function neighbours(): [SignatureHash, SignatureHash] {
  const stem = randomHash().slice(0, 63);
  return [`${stem}0` as SignatureHash, `${stem}1` as SignatureHash];
}
