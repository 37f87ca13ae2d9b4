/** Waits for a turn. @returns how to end it; at once if the signal is aborted before */
export type TakeTurn = (signal: AbortSignal) => Promise<() => void>;

/** Lets so many tasks run at once, the others in the order in which they came. */
export function takeTurns(atOnce: number): TakeTurn {
  let running = 0;
  const waiting: (() => void)[] = [];

  const end = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  return (signal) =>
    new Promise((resolve) => {
      const begin = (): void => {
        signal.removeEventListener("abort", leave);
        running += 1;
        resolve(end);
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(begin), 1);
        resolve(() => {});
      };
      if (running < atOnce) return begin();
      waiting.push(begin);
      signal.addEventListener("abort", leave, { once: true });
    });
}
