const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A number of bytes in a unit that keeps it short: `12.3 MB`, or `12.3 MB/s`. */
export function formatBytes(bytes: number, per: "" | "-per-second" = ""): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const options = { style: "unit", unit: `${UNITS[power] ?? "byte"}${per}`, maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat("en", { ...options, unitDisplay: power === 0 ? "long" : "short" }).format(
    bytes / 1000 ** power,
  );
}

/** A duration for people who wait: `5 s left`, `3 min left`; nothing while it is unknown. */
export function formatTimeLeft(seconds: number): string {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s left`;
  return `${Math.ceil(seconds / 60)} min left`;
}

const SECOND_MS = 1_000;
const STEPS = [
  [60, "s", 1],
  [60 * 60, "min", 60],
  [2 * 24 * 60 * 60, "h", 60 * 60],
  [Infinity, "days", 24 * 60 * 60],
] as const;

/**
 * When a URL expires: `14:05:12, in 15 min`; in two days or more with the date.
 *
 * @param expiresAt  as the grant says it; what is not a date is returned as it is
 * @param now        milliseconds since 1970
 * @param timeZone   default: that of the browser
 */
export function formatExpiry(expiresAt: string, now: number, timeZone?: string): string {
  const at = Date.parse(expiresAt);
  if (Number.isNaN(at)) return expiresAt;
  const seconds = Math.ceil((at - now) / SECOND_MS);
  const [, unit, size] = STEPS.find(([below]) => seconds < below) ?? STEPS[3];
  const style =
    unit === "days" ? ({ dateStyle: "medium", timeStyle: "short" } as const) : ({ timeStyle: "medium" } as const);
  const time = new Intl.DateTimeFormat("en-GB", timeZone === undefined ? style : { ...style, timeZone }).format(at);
  return seconds <= 0 ? `${time}, expired` : `${time}, in ${Math.round(seconds / size)} ${unit}`;
}
