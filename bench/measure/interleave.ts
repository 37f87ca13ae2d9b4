/** Samples by measure, and then by contender. */
export type Samples = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/**
 * Measures contenders side by side: each takes its turn in every round, another one first each time, so that whatever
 * else the machine does meets all of them alike.
 *
 * @param rounds  samples of each contender and measure
 * @param warmUp  rounds before those, without samples; default 0
 * @param turn    what one contender does in one round: a sample of each thing measured, by its name; the same things for
 *                all contenders
 */
export async function interleave<C extends { readonly name: string }>(
  contenders: readonly C[],
  { rounds, warmUp = 0 }: { readonly rounds: number; readonly warmUp?: number },
  turn: (contender: C) => Promise<Readonly<Record<string, number>>>,
): Promise<Samples> {
  const samples = new Map<string, Map<string, number[]>>();
  for (let round = -warmUp; round < rounds; round++) {
    const first = (round + warmUp) % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const found = await turn(contender);
      if (round >= 0) for (const [measure, sample] of Object.entries(found)) keep(measure, contender.name, sample);
    }
  }
  return samples;

  function keep(measure: string, name: string, sample: number): void {
    const byName = samples.get(measure) ?? new Map(contenders.map((contender) => [contender.name, [] as number[]]));
    samples.set(measure, byName);
    byName.get(name)?.push(sample);
  }
}
