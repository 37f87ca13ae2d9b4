import { PATIENT_LIMITS } from "@presign-once/adapter-s3";
import { doctor } from "@presign-once/adapter-s3/doctor";
import { type Strategy, strategyNames } from "@presign-once/adapter-s3/strategies";

import { LocalEdgeError } from "./local-edge-error.ts";
import { addressOf, type S3Target } from "./s3-target.ts";

/** Where an index is. */
export interface IndexTarget extends S3Target {
  /** Folder of the index; default `signatures/`. */
  readonly prefix?: string | undefined;
}

/**
 * Tries on the bucket itself whether a strategy lets exactly one claim win: a server that ignores conditional writes would
 * store every upload of a URL.
 *
 * Some seconds of requests at most, below `<prefix>doctor-<random>/`, which it removes. It can only disprove.
 *
 * @throws {LocalEdgeError} `STRATEGY_UNSAFE`: names what was seen, and a strategy that was not disproved if there is one
 */
export async function probeStrategy(target: IndexTarget, strategy: Strategy): Promise<void> {
  const seen = await disprove(target, strategy);
  if (seen === undefined) return;
  const other = await findOther(target, strategy);
  const fix =
    other === undefined ? "no strategy holds there, use another server" : `--strategy ${other} was not disproved there`;
  throw new LocalEdgeError(
    "STRATEGY_UNSAFE",
    `--strategy ${strategy} does not make URLs work once on bucket ${target.bucket} (${seen}): ${fix}; ` +
      "presign-once doctor examines the bucket in full, and --skip-probe starts without this check",
  );
}

/** The first strategy but this one that nothing speaks against. */
async function findOther(target: IndexTarget, strategy: Strategy): Promise<Strategy | undefined> {
  for (const name of strategyNames) if (name !== strategy && (await disprove(target, name)) === undefined) return name;
  return undefined;
}

/** What speaks against a strategy; `undefined`: nothing was seen. */
async function disprove(target: IndexTarget, strategy: Strategy): Promise<string | undefined> {
  const { region, bucket, credentials, prefix } = target;
  const { endpoint, forcePathStyle } = addressOf(target);
  const [report] = await doctor({
    access: { region, endpoint, forcePathStyle, credentials },
    bucket,
    ...(prefix === undefined ? {} : { prefix }),
    strategies: [strategy],
    essentialOnly: true,
    limits: PATIENT_LIMITS, // a claim without an answer counts as lost here
    rounds: 2,
    claimants: 8,
  });
  if (report?.verdict === "not-disproved") return undefined;
  return report?.reason ?? report?.laws.at(-1)?.broken ?? "it could not be examined";
}
