import type { S3Access, TimeLimits } from "@presign-once/adapter-s3";
import { INJECTED_FAULTS, injectFault, lawsOf } from "@presign-once/adapter-s3/doctor";
import { strategies, type Strategy } from "@presign-once/adapter-s3/strategies";
import type { IndexHarness } from "@presign-once/core/testing";
import { describe, onTestFinished, test } from "vitest";

import { type TransportName, transportNames, transports } from "./transports.ts";

/** Long enough for a crowd on a busy machine: a claim that ran out of time would say nothing about the law. */
const PATIENT: TimeLimits = { requestMs: 10_000, totalMs: 30_000 };

/** Long enough to try a few times: under a storm time always runs out. */
const UNDER_A_STORM: TimeLimits = { requestMs: 1_000, totalMs: 1_200 };

/** Where an index under test keeps its entries, and how hard the races are run. */
export interface Place {
  readonly access: S3Access;
  readonly bucket: string;
  readonly prefix?: string;
  readonly rounds: number;
  readonly claimants: number;
}

/**
 * Makes each law of the index a test of a strategy on a live server.
 *
 * @param through  transports; default: every one
 */
export function bindLaws(strategy: Strategy, place: () => Place, through = transportNames): void {
  describe.each(through)("through the transport %s", (transport) => {
    test.each(lawsOf(strategy).map((law) => [law.name, law] as const))(
      "%s",
      { timeout: 120_000 },
      async (_name, law) => {
        await law.check(harness(strategy, transport, place()));
      },
    );
  });
}

/** Opens handles that share the bucket and nothing else: each has a client, and so connections, of its own. */
function harness(
  strategy: Strategy,
  transport: TransportName,
  { access, rounds, claimants, ...place }: Place,
): IndexHarness {
  return {
    rounds,
    claimants,
    faults: INJECTED_FAULTS,
    open(fault) {
      const { s3, close } = transports[transport](access);
      onTestFinished(close);
      const limits = fault?.endsWith("storm") ? UNDER_A_STORM : PATIENT;
      return strategies[strategy].create({ s3: fault === undefined ? s3 : injectFault(s3, fault), limits, ...place });
    },
  };
}
