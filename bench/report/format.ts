/** How tables are drawn. */
export type TableStyle = "text" | "markdown";

/** A number with three digits that count, or all of those before the point. */
export function figure(n: number): string {
  if (!Number.isFinite(n)) return "-";
  const whole = Math.abs(n) >= 100 || Number.isInteger(n);
  return n.toLocaleString("en", whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}

/** A table: the first row is its head; columns of figures stand to the right, all others to the left. */
export function drawTable(rows: readonly (readonly string[])[], style: TableStyle): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const figures = head.map((_, column) => body.every((row) => /^(?:[\d-].*)?$/.test(row[column] ?? "")));
  const pad = (cell: string, column: number): string =>
    figures[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  const line = (row: readonly string[]): string =>
    style === "text" ? `  ${row.map(pad).join("   ")}`.trimEnd() : `| ${row.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) => (figures[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(head), ...(style === "markdown" ? [`| ${rule.join(" | ")} |`] : []), ...body.map(line)].join("\n");
}
