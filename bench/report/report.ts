import type { Summary } from "../measure/statistics.ts";
import type { Breakdown, Findings, Section } from "../sections/section.ts";
import type { Environment } from "./environment.ts";
import { drawTable, figure, type TableStyle } from "./format.ts";
import type { Verdict } from "./judge.ts";
import type { Measurement } from "./measurement.ts";

/** Everything that one run found. */
export interface Report {
  readonly environment: Environment;
  readonly quick: boolean;
  readonly seconds: number;
  readonly verdicts: readonly Verdict[];
  readonly sections: readonly (Pick<Section, "name" | "notes"> & Findings)[];
}

const TITLE =
  "# What `pnpm bench` found\n\nMade by it; what the figures mean stands in [docs/performance.md](../../docs/performance.md).\n";

/** Writes a report for people: the targets first, then a table for each thing measured, its ratios first. */
export function drawReport({ environment, quick, seconds, verdicts, sections }: Report, style: TableStyle): string {
  const { date, commit, node, cpu, platform } = environment;
  const heading = style === "markdown" ? (text: string) => `## ${text}` : (text: string) => text.toUpperCase();
  const note = style === "markdown" ? (text: string) => `- ${text}` : (text: string) => `  * ${text}`;
  return [
    ...(style === "markdown" ? [TITLE] : []),
    `${date}, ${commit}, Node ${node}, ${cpu}, ${platform}; ${quick ? "a quick run, " : ""}${Math.round(seconds)} s.`,
    `Medians and quartiles; ratios are of the same round.`,
    `\n${heading("targets")}\n\n${drawTable(verdictRows(verdicts), style)}`,
    ...sections.flatMap(({ name, notes, measurements, breakdowns = [] }) => [
      `\n${heading(name)}\n\n${notes.map(note).join("\n")}`,
      ...groups(measurements).map((group) => `\n${drawTable(measurementRows(group), style)}`),
      ...breakdowns.map((breakdown) => `\n${drawTable(breakdownRows(breakdown), style)}`),
    ]),
  ].join("\n");
}

function verdictRows(verdicts: readonly Verdict[]): string[][] {
  return [
    ["target", "of", "wanted", "seen", ""],
    ...verdicts.map(({ what, contender, wanted, seen, status }) => [
      what,
      contender,
      wanted,
      seen === undefined ? "" : figure(seen),
      status,
    ]),
  ];
}

/** Measurements of one thing each, in order. */
function groups(measurements: readonly Measurement[]): Measurement[][] {
  return [...Map.groupBy(measurements, ({ measure }) => measure).values()];
}

function measurementRows(group: readonly Measurement[]): string[][] {
  const comparisons = [...new Set(group.flatMap(({ ratios }) => Object.keys(ratios)))];
  return [
    [group[0]?.measure ?? "", ...comparisons.map((name) => `× ${name}`), "median", "quartiles", "samples"],
    ...group.map(({ contender, ratios, value }) => [
      contender,
      ...comparisons.map((name) => (ratios[name] === undefined ? "" : figure(ratios[name].median))),
      figure(value.median),
      quartiles(value),
      figure(value.count),
    ]),
  ];
}

function quartiles({ low, high, count }: Summary): string {
  return count < 2 ? "" : `${figure(low)} to ${figure(high)}`;
}

function breakdownRows({ title, unit, parts }: Breakdown): string[][] {
  return [
    [title, "share", unit],
    ...parts.map(({ name, amount, share }) => [name, `${(share * 100).toFixed(1)} %`, figure(amount)]),
  ];
}
