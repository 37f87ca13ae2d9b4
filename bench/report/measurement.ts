import type { Samples } from "../measure/interleave.ts";
import { ratiosTo, type Summary, summarise } from "../measure/statistics.ts";

/** One figure: what was measured, of whom, and how it compares. */
export interface Measurement {
  /** What was measured, with its unit after a comma if it has one. */
  readonly measure: string;
  readonly contender: string;
  /** How many times another contender's it is, by the name that the comparison has. */
  readonly ratios: Readonly<Record<string, Summary>>;
  readonly value: Summary;
}

/**
 * Samples as figures, in the order in which they were taken.
 *
 * @param against  whom to compare with: the comparison's name, and the contender's; one that was not measured is left out
 */
export function toMeasurements(samples: Samples, against: Readonly<Record<string, string>> = {}): Measurement[] {
  return [...samples].flatMap(([measure, byName]) =>
    [...byName].map(([contender, taken]) => {
      const comparisons = Object.entries(against).flatMap(([name, baseline]) => {
        const theirs = byName.get(baseline);
        return theirs === undefined ? [] : [[name, summarise(ratiosTo(theirs, taken))] as const];
      });
      return { measure, contender, ratios: Object.fromEntries(comparisons), value: summarise(taken) };
    }),
  );
}
