import type { Contender, OpenContender } from "../contenders/contender.ts";
import type { Measurement } from "../report/measurement.ts";
import type { Stub } from "../stub/start-stub.ts";
import type { Amounts } from "./amounts.ts";

/** A contender that is open on the stub. */
export type Entrant = Contender & OpenContender;

/** What sections measure with. */
export interface Bench {
  readonly stub: Stub;
  readonly entrants: readonly Entrant[];
  readonly amounts: Amounts;
}

/** A breakdown in addition to the figures: the largest parts, by name. */
export interface Breakdown {
  readonly title: string;
  /** The last column's name. */
  readonly unit: string;
  readonly parts: readonly { readonly name: string; readonly amount: number; readonly share: number }[];
}

/** What a section found. */
export interface Findings {
  readonly measurements: readonly Measurement[];
  readonly breakdowns?: readonly Breakdown[];
}

/** One part of the benchmark, which can be run alone. */
export interface Section {
  readonly name: string;
  /** What it measures, in a line. */
  readonly about: string;
  /** What has to be known to read its figures. */
  readonly notes: readonly string[];
  run(bench: Bench): Promise<Findings>;
}
