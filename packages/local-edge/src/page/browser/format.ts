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
