/**
 * CPU time that this process spends on some work, in microseconds: all its threads, the garbage collector's and the
 * thread pool's among them.
 *
 * The clock runs on while the work waits, so nothing else must be going on in the process.
 */
export async function cpuMicroseconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** How long some work takes, in milliseconds. */
export async function wallMilliseconds(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** Does something so many times, one after the other, and keeps what came of it. */
export async function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < count; n++) results.push(await work());
  return results;
}
