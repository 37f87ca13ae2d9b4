import { doctor, type StrategyReport } from "@presign-once/adapter-s3/doctor";
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
 * A second of requests, below `<prefix>doctor-<random>/`, which it removes. It can only disprove.
 *
 * @throws {LocalEdgeError} `STRATEGY_UNSAFE`: names what was seen, and a strategy that was not disproved if there is one
 */
export async function probeStrategy(target: IndexTarget, strategy: Strategy): Promise<void> {
  const [report] = await examine(target, [strategy]);
  if (report === undefined || report.verdict === "not-disproved") return;
  const others = await examine(
    target,
    strategyNames.filter((name) => name !== strategy),
  );
  const other = others.find(({ verdict }) => verdict === "not-disproved")?.strategy;
  const fix =
    other === undefined ? "no strategy holds there, use another server" : `--strategy ${other} was not disproved there`;
  throw new LocalEdgeError(
    "STRATEGY_UNSAFE",
    `--strategy ${strategy} does not make URLs work once on bucket ${target.bucket} (${describe(report)}): ${fix}; ` +
      "presign-once doctor examines the bucket in full, and --skip-probe starts without this check",
  );
}

async function examine(target: IndexTarget, strategies: readonly Strategy[]): Promise<StrategyReport[]> {
  const { region, bucket, credentials, prefix } = target;
  const { endpoint, forcePathStyle } = addressOf(target);
  return doctor({
    access: { region, endpoint, forcePathStyle, credentials },
    bucket,
    ...(prefix === undefined ? {} : { prefix }),
    strategies,
    essentialOnly: true,
    rounds: 3,
    claimants: 8,
  });
}

function describe({ reason, laws }: StrategyReport): string {
  return reason ?? laws.find(({ broken }) => broken !== undefined)?.broken ?? "unavailable";
}
