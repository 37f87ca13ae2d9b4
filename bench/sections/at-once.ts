/**
 * Does something so many times, a few at once.
 *
 * @param inFlight  how many
 * @param work      gets the number of its turn, from 0
 */
export async function atOnce(inFlight: number, count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const workers = Array.from({ length: inFlight }, async () => {
    while (next < count) await work(next++);
  });
  await Promise.all(workers);
}
