import type { Measurement } from "./measurement.ts";

/** What a figure has to be. */
export interface Target {
  readonly what: string;
  readonly measure: string;
  /** The comparison that is judged, by its name; default: the value itself. */
  readonly times?: string;
  /** Whose figures are judged. */
  readonly of: readonly string[];
  readonly bound: "at most" | "at least";
  readonly limit: number;
}

/** What became of a target for one contender. */
export interface Verdict {
  readonly what: string;
  readonly contender: string;
  /** The bound in words. */
  readonly wanted: string;
  /** The median that was judged; absent where nothing was measured. */
  readonly seen?: number;
  readonly status: "met" | "MISSED" | "not measured";
}

/** Judges medians, one verdict for each target and contender. What was not measured is not met. */
export function judge(targets: readonly Target[], measurements: readonly Measurement[]): Verdict[] {
  return targets.flatMap(({ what, measure, times, of, bound, limit }) =>
    of.map((contender): Verdict => {
      const wanted = `${bound} ${limit.toLocaleString("en")}${times === undefined ? "" : ` × ${times}`}`;
      const figure = measurements.find((found) => found.measure === measure && found.contender === contender);
      const seen = (times === undefined ? figure?.value : figure?.ratios[times])?.median;
      if (seen === undefined) return { what, contender, wanted, status: "not measured" };
      const met = bound === "at most" ? seen <= limit : seen >= limit;
      return { what, contender, wanted, seen, status: met ? "met" : "MISSED" };
    }),
  );
}
