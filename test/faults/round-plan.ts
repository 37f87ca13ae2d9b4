import type { TimeLimits } from "@presign-once/adapter-s3";

import type { Fault } from "../servers/fault.ts";
import { drawFault } from "./draw-fault.ts";
import { seeded } from "./seeded.ts";

/** All that the seed decides about one round. */
export interface RoundPlan {
  /** From 1. */
  readonly round: number;
  /** Whether the claims are made of the index itself or through the whole gate, tag and headers and all. */
  readonly through: "index" | "claimer";
  /** When each claimant starts, in milliseconds. */
  readonly starts: readonly number[];
  /** Whether the limits are those of production, instead of short ones. */
  readonly fullLimits: boolean;
  /**
   * What happens to a request.
   *
   * @param who   `registrar`, or the number of a claimant
   * @param what  operation, and how many of its kind this one has sent before
   */
  faultOf(who: string, what: string, limits: TimeLimits): Fault;
}

/** Plans a round: the same seed and number give the same plan, for any order of the requests. */
export function planRound(seed: number, round: number): RoundPlan {
  const label = `${seed}/${round}`;
  const chance = seeded(label);
  const claimants = chance.between(2, 4);
  const through = chance.happens(0.3) ? "claimer" : "index";
  const fullLimits = chance.happens(0.04);
  const severity = chance.pick([0, 0.15, 0.15, 0.4, 0.4, 0.7, 1]);
  const registrarSuffers = chance.happens(0.15);
  const writesOnly = chance.happens(0.4);
  const onlyLeg = chance.pick([undefined, undefined, undefined, "request", "answer"] as const);
  const isStorm = chance.happens(0.15);
  const spread = chance.pick([0, 0, 10, 60]);
  return {
    round,
    through,
    fullLimits,
    starts: Array.from({ length: claimants }, () => chance.between(0, spread)),
    faultOf(who, what, { requestMs }) {
      if (who === "registrar" && !registrarSuffers) return { kind: "pass" };
      if (writesOnly && !what.startsWith("PUT")) return { kind: "pass" };
      const own = seeded(`${label}/${who}/${what}`);
      if (!own.happens(severity)) return { kind: "pass" };
      const fault = drawFault(isStorm ? seeded(`${label}/storm`) : own, requestMs); // in a storm all requests meet the same
      return onlyLeg !== undefined && "leg" in fault ? { ...fault, leg: onlyLeg } : fault;
    },
  };
}
