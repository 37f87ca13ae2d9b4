/** Units from the smallest to the largest: how many seconds they have, and from how many of them on the next one is used. */
const UNITS = [
  ["s", 1, 60],
  ["min", 60, 60],
  ["h", 3_600, 48],
  ["days", 86_400, Number.POSITIVE_INFINITY],
] as const;

/** A time as people and programs read it: ISO 8601 in whole seconds, and how long ago that is. */
export function formatTime(time: Date, now: Date): readonly [iso: string, relative: string] {
  return [time.toISOString().replace(/\.\d{3}/, ""), relativeTime(time, now)];
}

/** How far off a time is, in the largest unit that fits, rounded down: `2 min ago`, `in 12 min`. */
export function relativeTime(time: Date, now: Date): string {
  const seconds = Math.floor(Math.abs(time.getTime() - now.getTime()) / 1_000);
  if (seconds === 0) return "now";
  const [unit, size] = UNITS.find(([, inSeconds, most]) => seconds / inSeconds < most) ?? UNITS[3];
  const amount = `${Math.floor(seconds / size)} ${unit}`;
  return time < now ? `${amount} ago` : `in ${amount}`;
}
