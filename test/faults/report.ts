import type { RoundRecord } from "./round.ts";
import type { RoundsReport } from "./run-rounds.ts";

const MEGABYTE = 1024 ** 2;
/** How much more may be alive after the last batch than after the second, when everything is warm, in bytes. */
const MAX_HEAP_GROWTH = 12 * MEGABYTE;
/** The same of the whole process, which gives back what it has taken when it likes. */
const MAX_RSS_GROWTH = 120 * MEGABYTE;

/** The figures of a run, for people. */
export function describeReport(report: RoundsReport): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  const [warm, end] = [report.memory[1] ?? report.memory[0], report.memory.at(-1)];
  return [
    `rounds    ${report.rounds}: ${report.won} with one winner, ${report.usedUp} used up without, ${report.unused} left unused, ${report.unissued} not issued`,
    `answers   ${list(report.answers)}; the slowest after ${Math.round(report.slowestMs)} ms`,
    `requests  ${report.requests}, ${report.late} of them late; faults: ${list(report.faults)}; wrong answers among them: ${report.wrongAnswers}`,
    `memory    live ${megabytes(warm?.heap)} warm, ${megabytes(end?.heap)} in the end; process ${megabytes(warm?.rss)}, ${megabytes(end?.rss)}`,
    `wrong     ${report.wrong.length}`,
  ].join("\n");
}

/** Says if the memory was not flat. */
export function memoryFaults({ memory }: RoundsReport): string[] {
  const [, warm] = memory;
  const end = memory.at(-1);
  if (warm === undefined || end === undefined) return [];
  const faults: string[] = [];
  if (end.heap - warm.heap > MAX_HEAP_GROWTH)
    faults.push(`live objects grew from ${megabytes(warm.heap)} to ${megabytes(end.heap)}`);
  if (end.rss - warm.rss > MAX_RSS_GROWTH)
    faults.push(`the process grew from ${megabytes(warm.rss)} to ${megabytes(end.rss)}`);
  return faults;
}

/** All that was seen of a round. */
export function describeRecord({ plan, registration, told, disturbed, entry, afterwards }: RoundRecord): string {
  const requests = disturbed.map(
    ({ who, what, fault }) => `  ${who.padEnd(9)} ${what.padEnd(14)} ${JSON.stringify(fault)}`,
  );
  const answers = told.map(({ who, claimant, status, mayHaveLanded, milliseconds }) => {
    const detail = status === "indeterminate" ? ` (mayHaveLanded: ${mayHaveLanded})` : "";
    return `  ${who} as ${claimant.slice(0, 8)}: ${status}${detail} after ${Math.round(milliseconds)} ms`;
  });
  return [
    `through ${plan.through}, ${plan.fullLimits ? "full" : "short"} limits, ${registration}; requests in order of arrival:`,
    ...requests,
    ...answers,
    `  entry: ${entry.owner?.slice(0, 8) ?? "unclaimed"}, written by ${entry.writers.map((writer) => writer.slice(0, 8)).join(", ") || "no claimant"}; then ${afterwards}`,
  ].join("\n");
}

function megabytes(bytes = 0): string {
  return `${(bytes / MEGABYTE).toFixed(0)} MB`;
}
