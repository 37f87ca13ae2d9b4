import { randomIds } from "../ports/ids.ts";
import type { IndexLaw } from "./index-law.ts";
import { broken, claim, expect, isTime, neighbours, randomHash, register, registered, soon } from "./law-steps.ts";

/** The laws of registering and claiming. */
export const claimLaws: readonly IndexLaw[] = [
  {
    name: "the first claim of a registered hash wins",
    isEssential: true,
    async check(harness) {
      const index = await harness.open();
      const hash = await registered(index);
      expect("the first claim, made through the handle that registered", await claim(index, hash), "claimed");
    },
  },
  {
    name: "a second claim is refused",
    isEssential: true,
    async check(harness) {
      const index = await harness.open();
      const hash = await registered(await harness.open());
      await claim(index, hash);
      expect("a second claim through the same handle", await claim(index, hash), "already-claimed");
    },
  },
  {
    name: "a claim is seen through another handle",
    isEssential: true,
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
    needsRegistration: true,
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
      await registrar.register(hash, soon());
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
    isEssential: true,
    async check(harness) {
      const { rounds = 5, claimants = 50 } = harness;
      const registrar = await harness.open();
      const handles = [await harness.open(), await harness.open()] as const;
      for (let round = 1; round <= rounds; round++) {
        const hash = await registered(registrar);
        const claims = Array.from({ length: claimants }, (_, i) => claim(handles[i % 2 === 0 ? 0 : 1], hash));
        const outcomes = await Promise.all(claims);
        const winners = outcomes.filter(({ status }) => status === "claimed").length;
        if (winners === 1) continue;
        const undecided = outcomes.filter(({ status }) => status === "indeterminate").length;
        const rest = undecided === 0 ? "" : `, ${undecided} were undecided`;
        broken(`${winners} of ${claimants} concurrent claims won in round ${round} of ${rounds}${rest}`);
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
    name: "a claimant repeating its own claim learns the time of its first claim",
    async check(harness) {
      const hash = await registered(await harness.open());
      const claimant = randomIds.claimant();
      await (await harness.open()).claim(hash, claimant);
      const repeated = await (await harness.open()).claim(hash, claimant);
      if (repeated.status === "claimed" && !isTime(repeated.found?.since))
        broken("the winner's second claim did not report the time of the first");
    },
  },
  {
    name: "a lost answer is resolved correctly or reported as undecided",
    needsFaults: ["lost-answer"],
    async check(harness) {
      const hash = await registered(await harness.open());
      const outcome = await claim(await harness.open("lost-answer"), hash);
      if (outcome.status === "indeterminate" && outcome.mayHaveLanded) return;
      expect("a claim that took effect but whose answer was lost", outcome, "claimed");
    },
  },
  {
    name: "a lost answer never makes two winners",
    needsFaults: ["lost-request", "lost-answer"],
    async check(harness) {
      for (const fault of ["lost-request", "lost-answer"] as const) {
        const hash = await registered(await harness.open());
        const first = await claim(await harness.open(fault), hash);
        const second = await claim(await harness.open(), hash);
        if (first.status === "claimed" && second.status === "claimed") broken(`two claimants won after one ${fault}`);
      }
    },
  },
  {
    name: "a registration whose answer was lost is registered or undecided",
    needsFaults: ["lost-answer"],
    async check(harness) {
      const index = await harness.open("lost-answer");
      const hash = randomHash();
      const { status } = await index.register(hash, soon());
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
    name: "under a storm of conflicts no claimant wins without a write",
    needsFaults: ["conflict-storm"],
    async check(harness) {
      const hash = await registered(await harness.open());
      const stormy = await claim(await harness.open("conflict-storm"), hash);
      expect("a claim of which no write took effect", stormy, "indeterminate");
    },
  },
  {
    name: "under a storm of errors a claim is neither won nor reported as unknown or claimed",
    needsFaults: ["unavailable-storm"],
    async check(harness) {
      const hash = await registered(await harness.open());
      const stormy = await claim(await harness.open("unavailable-storm"), hash);
      expect("a claim of which no request was served", stormy, "indeterminate");
    },
  },
  {
    name: "a claim that certainly wrote nothing leaves the hash claimable",
    needsFaults: ["lost-request", "lost-answer", "conflict-storm", "unavailable-storm"],
    async check(harness) {
      for (const fault of ["lost-request", "lost-answer", "conflict-storm", "unavailable-storm"] as const) {
        const hash = await registered(await harness.open());
        const outcome = await claim(await harness.open(fault), hash);
        if (outcome.status !== "indeterminate" || outcome.mayHaveLanded) continue;
        const next = await claim(await harness.open(), hash);
        expect(`the next claim after one that reported no write (${fault})`, next, "claimed");
      }
    },
  },
];
