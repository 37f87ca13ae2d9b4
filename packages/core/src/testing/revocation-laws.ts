import { randomIds } from "../ports/ids.ts";
import type { IndexLaw } from "./index-law.ts";
import { broken, claim, expect, isTime, randomHash, register, registered, soon } from "./law-steps.ts";

/** The laws of revoking and inspecting. */
export const revocationLaws: readonly IndexLaw[] = [
  {
    name: "every claim after a revocation is refused as revoked",
    async check(harness) {
      const revoker = await harness.open();
      const hash = await registered(await harness.open());
      if ((await revoker.revoke(hash)).status !== "revoked") return; // another law's business
      expect("a claim through the handle that revoked", await claim(revoker, hash), "revoked");
      expect("a claim through another handle", await claim(await harness.open(), hash), "revoked");
    },
  },
  {
    name: "an unclaimed hash can be revoked, and revoking it again changes nothing",
    async check(harness) {
      const hash = await registered(await harness.open());
      expect("a revocation", await (await harness.open()).revoke(hash), "revoked");
      expect("a second revocation", await (await harness.open()).revoke(hash), "revoked");
    },
  },
  {
    name: "revoking a claimed hash fails and leaves the claim to its owner",
    async check(harness) {
      const index = await harness.open();
      const hash = await registered(await harness.open());
      const claimant = randomIds.claimant();
      if ((await index.claim(hash, claimant)).status !== "claimed") return;
      expect("a revocation after a claim", await (await harness.open()).revoke(hash), "already-claimed");
      const { status } = await (await harness.open()).claim(hash, claimant);
      if (status === "unknown" || status === "revoked")
        broken(`the owner's second claim, after a revocation that came too late, was ${status}`);
    },
  },
  {
    name: "registering again never reopens a revoked hash",
    async check(harness) {
      const registrar = await harness.open();
      const hash = await registered(registrar);
      await (await harness.open()).revoke(hash);
      await registrar.register(hash, soon());
      const { status } = await claim(await harness.open(), hash);
      if (status === "claimed") broken("a hash was claimed that was registered again after its revocation");
    },
  },
  {
    name: "a hash that was never registered cannot be revoked, and trying leaves nothing behind",
    needsRegistration: true,
    async check(harness) {
      const index = await harness.open();
      const hash = randomHash();
      expect("a revocation of an unregistered hash", await index.revoke(hash), "unknown");
      await register(await harness.open(), hash);
      expect("the first claim after registering", await claim(index, hash), "claimed");
    },
  },
  {
    name: "exactly one of a concurrent claim and revocation takes effect",
    async check(harness) {
      const { rounds = 5 } = harness;
      const registrar = await harness.open();
      const [claiming, revoking] = [await harness.open(), await harness.open()];
      for (let round = 1; round <= rounds; round++) {
        const hash = await registered(registrar);
        // Whoever is asked first has the better chance, so they take turns.
        const claimFirst = round % 2 === 0 ? claim(claiming, hash) : undefined;
        const revocation = revoking.revoke(hash);
        const [claimed, revoked] = await Promise.all([claimFirst ?? claim(claiming, hash), revocation]);
        const outcomes = `${claimed.status} and ${revoked.status}`;
        if (outcomes !== "claimed and already-claimed" && outcomes !== "revoked and revoked")
          broken(`a claim and a revocation at once were answered ${outcomes} in round ${round} of ${rounds}`);
      }
    },
  },
  {
    name: "a lost answer to a revocation is resolved correctly or reported as undecided",
    needsFaults: ["lost-answer"],
    async check(harness) {
      const hash = await registered(await harness.open());
      const outcome = await (await harness.open("lost-answer")).revoke(hash);
      if (outcome.status === "indeterminate") return;
      expect("a revocation that took effect but whose answer was lost", outcome, "revoked");
      const { status } = await claim(await harness.open(), hash);
      if (status === "claimed") broken("a hash was claimed after a revocation whose answer was lost");
    },
  },
  {
    name: "under a storm a revocation that wrote nothing is undecided",
    needsFaults: ["conflict-storm", "unavailable-storm"],
    async check(harness) {
      for (const fault of ["conflict-storm", "unavailable-storm"] as const) {
        const hash = await registered(await harness.open());
        const outcome = await (await harness.open(fault)).revoke(hash);
        expect(`a revocation of which no write took effect (${fault})`, outcome, "indeterminate");
      }
    },
  },
  {
    name: "inspect reports the state of a hash",
    async check(harness) {
      const index = await harness.open();
      const [issued, claimed, revoked] = [await registered(index), await registered(index), await registered(index)];
      const claimant = randomIds.claimant();
      const owns = (await index.claim(claimed, claimant)).status === "claimed";
      const isRevoked = (await index.revoke(revoked)).status === "revoked";
      const inspector = await harness.open();
      expect("a hash that is only registered", await inspector.inspect(issued), "issued");
      if (owns) {
        const told = await inspector.inspect(claimed);
        expect("a claimed hash", told, "claimed");
        if (told.status === "claimed" && told.claimant !== claimant)
          broken("inspect named a claimant that does not own the hash");
        if (told.status === "claimed" && !isTime(told.at)) broken("inspect did not report when the hash was claimed");
      }
      if (!isRevoked) return;
      const told = await inspector.inspect(revoked);
      expect("a revoked hash", told, "revoked");
      if (told.status === "revoked" && !isTime(told.at)) broken("inspect did not report when the hash was revoked");
    },
  },
  {
    name: "inspecting a hash changes nothing",
    async check(harness) {
      const hash = await registered(await harness.open());
      await (await harness.open()).inspect(hash);
      expect("the first claim, after an inspection", await claim(await harness.open(), hash), "claimed");
    },
  },
  {
    name: "a hash that was never registered is unknown to inspect",
    needsRegistration: true,
    async check(harness) {
      expect("an unregistered hash", await (await harness.open()).inspect(randomHash()), "unknown");
    },
  },
  {
    name: "under a storm of errors inspect is undecided",
    needsFaults: ["unavailable-storm"],
    async check(harness) {
      const hash = await registered(await harness.open());
      const told = await (await harness.open("unavailable-storm")).inspect(hash);
      expect("an inspection of which no request was served", told, "indeterminate");
    },
  },
];
