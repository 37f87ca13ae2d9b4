import type { StrategyReport } from "./doctor.ts";

/**
 * Spells what the doctor found, for people or as JSON.
 *
 * @returns `exitCode`: 0 some strategy was not disproved, 1 none was left
 */
export function describeReports(
  reports: readonly StrategyReport[],
  { json }: { readonly json: boolean },
): { readonly stdout: string; readonly exitCode: 0 | 1 } {
  return {
    stdout: json ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(describe).join(""),
    exitCode: reports.some(({ verdict }) => verdict === "not-disproved") ? 0 : 1,
  };
}

function describe({ strategy, verdict, reason, rounds, claimants, laws }: StrategyReport): string {
  switch (verdict) {
    case "not-disproved":
      return `${strategy}: not disproved in ${rounds} rounds of ${claimants} claimants\n`;
    case "unavailable":
      return `${strategy}: unavailable: ${reason}\n`;
    case "unsafe": {
      const broken = laws.filter((law) => law.broken !== undefined);
      return `${strategy}: UNSAFE here, do not use it\n${broken.map((law) => `  ${law.name}: ${law.broken}\n`).join("")}`;
    }
  }
}
