/** Parses `20060102T150405Z`; `undefined` for anything else, a thirtieth of February included. */
export function parseAmzDate(text: string): Date | undefined {
  if (!/^\d{8}T\d{6}Z$/.test(text)) return undefined;
  const part = (from: number, to: number) => Number(text.slice(from, to));
  const [year, month, day] = [part(0, 4), part(4, 6), part(6, 8)];
  const [hour, minute, second] = [part(9, 11), part(11, 13), part(13, 15)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // a day that the month does not have, or hour 24, makes it another day
  date.setUTCHours(hour, minute, second);
  const isThatDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isThatDay && minute < 60 && second < 60 ? date : undefined;
}

/** Formats a time as `X-Amz-Date`, in whole seconds. */
export function formatAmzDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, "");
}
