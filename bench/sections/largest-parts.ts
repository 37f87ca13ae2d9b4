import type { Breakdown } from "./section.ts";

/**
 * Adds amounts up by name and keeps the largest sums; the rest is one part of its own, so that nothing gets lost.
 *
 * @param nameOf  the owner of an amount
 * @param count   names kept
 */
export function largestParts<Item extends { readonly amount: number }>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  count: number,
): Breakdown["parts"] {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(nameOf(item), (sums.get(nameOf(item)) ?? 0) + item.amount);
  const total = items.reduce((sum, { amount }) => sum + amount, 0);
  const sorted = [...sums].sort(([, one], [, other]) => other - one);
  const rest = sorted.slice(count);
  const kept = sorted.slice(0, count);
  if (rest.length > 0) kept.push([`${rest.length} more`, rest.reduce((sum, [, amount]) => sum + amount, 0)]);
  return kept.map(([name, amount]) => ({ name, amount, share: amount / total }));
}
