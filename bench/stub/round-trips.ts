/** One request, as a server saw it; times in milliseconds on one clock. */
export interface ServedRequest {
  readonly operation: string;
  readonly arrivedAt: number;
  readonly answeredAt: number;
}

/**
 * How many round trips had to be waited for one after the other: the longest chain of requests each of which arrived
 * after the one before it was answered.
 *
 * Requests under way at the same time share a round trip. The server has to take its time for that to be seen: answered
 * at once, two requests sent together look like two in a row.
 */
export function countRoundTrips(requests: readonly ServedRequest[]): number {
  const depths: { readonly answeredAt: number; readonly depth: number }[] = [];
  for (const { arrivedAt, answeredAt } of requests.toSorted((a, b) => a.arrivedAt - b.arrivedAt)) {
    const before = depths.filter((earlier) => earlier.answeredAt <= arrivedAt).map(({ depth }) => depth);
    depths.push({ answeredAt, depth: 1 + Math.max(0, ...before) });
  }
  return Math.max(0, ...depths.map(({ depth }) => depth));
}
