/** What many samples of one thing come to. */
export interface Summary {
  readonly median: number;
  /** First and third quartile: half of all samples lie between them. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/**
 * Median and quartiles of some samples, which says more of a shared machine than a mean does: one interruption moves a
 * mean, and hardly a median.
 *
 * @param samples  in any order; none gives NaN
 */
export function summarise(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const [low, median, high] = [0.25, 0.5, 0.75].map((fraction) => quantile(sorted, fraction)) as [
    number,
    number,
    number,
  ];
  return { median, low, high, count: samples.length };
}

/**
 * How many times a baseline's the samples are, round by round: what disturbed a round disturbed both, and cancels out.
 *
 * Where there are not as many samples of the one as of the other, rounds mean nothing, and it is the ratio of the medians.
 */
export function ratiosTo(baseline: readonly number[], samples: readonly number[]): number[] {
  if (baseline.length !== samples.length) return [summarise(samples).median / summarise(baseline).median];
  return samples.map((sample, round) => sample / (baseline[round] ?? Number.NaN));
}

/** Linear between the two nearest samples. */
function quantile(sorted: readonly number[], fraction: number): number {
  const place = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
