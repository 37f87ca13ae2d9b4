import { setTimeout as sleep } from "node:timers/promises";

import {
  createClaimer,
  createEdgeKeys,
  createIssuer,
  randomIds,
  type SignatureHash,
  type SignatureIndex,
  systemClock,
} from "@presign-once/core";
import { createInMemoryPresigner } from "@presign-once/core/testing";

import type { Disturbed, Lab } from "./lab.ts";
import { type Entry, readOwner } from "./owner.ts";
import type { RoundPlan } from "./round-plan.ts";

/** What one claimant was told, in the words of the index. */
export interface Told {
  readonly who: string;
  readonly claimant: string;
  readonly status: "claimed" | "already-claimed" | "revoked" | "unknown" | "indeterminate";
  readonly mayHaveLanded: boolean;
  /** From its start to its answer, in milliseconds. */
  readonly milliseconds: number;
}

/** All that was seen of one round. */
export interface RoundRecord {
  readonly plan: RoundPlan;
  /** `registered`, or why nothing was claimed. */
  readonly registration: string;
  readonly registrationMs: number;
  readonly told: readonly Told[];
  readonly disturbed: readonly Disturbed[];
  /** What the server holds when everything has arrived. */
  readonly entry: Entry;
  /** What a last claimant is told then, on a calm network. */
  readonly afterwards: string;
}

type Claim = (who: string, handle: number) => Promise<Omit<Told, "who" | "milliseconds">>;

const KEYS = createEdgeKeys([{ id: "k", secret: new Uint8Array(32).fill(7) }]);
const EDGE_URL = "https://edge.example";

/**
 * Runs one round: one URL is registered, a few claim it at once over the failing network, and when the network is calm
 * and everything late has arrived the server is asked what is true.
 *
 * @param firstHandle  the round has five index handles from this number on for itself
 */
export async function runRound(lab: Lab, plan: RoundPlan, firstHandle: number): Promise<RoundRecord> {
  const disturbed = lab.begin(plan);
  const registrar = lab.index(firstHandle, plan, "registrar");
  const startedAt = performance.now();
  const {
    status: registration,
    hash,
    claim,
  } = await (plan.through === "index" ? directly(lab, plan, registrar) : throughClaimer(lab, plan, registrar));
  const registrationMs = performance.now() - startedAt;

  const told = await Promise.all(
    (registration === "registered" ? plan.starts : []).map(async (start, i): Promise<Told> => {
      await sleep(start);
      const began = performance.now();
      const answer = await claim(String(i + 1), firstHandle + 1 + i);
      return { who: String(i + 1), ...answer, milliseconds: performance.now() - began };
    }),
  );
  await lab.settle(plan, disturbed);
  const isThere = registration === "registered";
  const entry = isThere ? await readOwner(lab.s3, lab.bucket, lab.strategy, hash) : { owner: undefined, writers: [] };
  const afterwards = isThere ? (await lab.calmIndex.claim(hash, randomIds.claimant())).status : "";
  return { plan, registration, registrationMs, told, disturbed, entry, afterwards };
}

/** Registers and claims a hash at the index itself. */
async function directly(
  lab: Lab,
  plan: RoundPlan,
  registrar: SignatureIndex,
): Promise<{ status: string; hash: SignatureHash; claim: Claim }> {
  const hash = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex") as SignatureHash;
  const { status } = await registrar.register(hash, { expiresAt: new Date(Date.now() + 3_600_000) });
  return {
    status,
    hash,
    async claim(who, handle) {
      const claimant = randomIds.claimant();
      const outcome = await lab.index(handle, plan, who).claim(hash, claimant);
      return {
        claimant,
        status: outcome.status,
        mayHaveLanded: outcome.status === "indeterminate" && outcome.mayHaveLanded,
      };
    },
  };
}

const STATUS = {
  "already-claimed": "already-claimed",
  revoked: "revoked",
  unknown: "unknown",
  unavailable: "indeterminate",
  "store-refused": "indeterminate",
  undecided: "indeterminate",
} as const;

/** Issues a URL and claims it through the whole gate. */
async function throughClaimer(
  lab: Lab,
  plan: RoundPlan,
  registrar: SignatureIndex,
): Promise<{ status: string; hash: SignatureHash; claim: Claim }> {
  const issuer = createIssuer({
    presigner: createInMemoryPresigner(),
    index: registrar,
    keys: KEYS,
    clock: systemClock,
    ids: randomIds,
  });
  const issued = await issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: 900 });
  if (issued.status !== "issued")
    return {
      status: issued.status,
      hash: "" as SignatureHash,
      claim: async () => Promise.reject(new Error("nothing was issued")),
    };
  const { pathname, search } = new URL(issued.grant.url);
  const upload = { method: "PUT", path: pathname, query: search.slice(1), headers: [["content-length", "5"] as const] };
  return {
    status: "registered",
    hash: issued.hash,
    async claim(who, handle) {
      const index = lab.index(handle, plan, who);
      const decision = await createClaimer({ index, keys: KEYS, clock: systemClock, ids: randomIds }).claim(upload);
      const claimant = decision.claimant ?? "";
      if (decision.status === "accepted") return { claimant, status: "claimed", mayHaveLanded: false };
      if (!(decision.reason in STATUS)) throw new Error(`a good upload was refused: ${decision.reason}`);
      return {
        claimant,
        status: STATUS[decision.reason as keyof typeof STATUS],
        mayHaveLanded: decision.reason === "undecided",
      };
    },
  };
}
