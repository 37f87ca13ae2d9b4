import type { StrategyReport, UploadsReport } from "@presign-once/adapter-s3/doctor";

import type { CommandOutput } from "./command.ts";
import { counted } from "./counted.ts";
import { EXIT_CODES } from "./exit-codes.ts";

/**
 * Writes what the doctor found, for people or as JSON: `{ "strategies": […], "uploads": … }`.
 *
 * @returns `exitCode`: 0 some strategy was not disproved, 1 none was left; retries do not count
 */
export function describeReports(
  reports: readonly StrategyReport[],
  uploads: UploadsReport,
  { json }: { readonly json: boolean },
): CommandOutput {
  const passed = reports.some(({ verdict }) => verdict === "not-disproved");
  return {
    exitCode: passed ? EXIT_CODES.done : EXIT_CODES.fault,
    stdout: json
      ? `${JSON.stringify({ strategies: reports, uploads: told(uploads) }, null, 2)}\n`
      : reports.map(describe).join("") + describeUploads(uploads),
  };
}

function describe({ strategy, verdict, reason, rounds, claimants, laws }: StrategyReport): string {
  switch (verdict) {
    case "not-disproved":
      return `${strategy}: not disproved in ${counted(rounds, "round")} of ${counted(claimants, "claimant")}\n`;
    case "unavailable":
      return `${strategy}: unavailable: ${reason}\n`;
    case "unsafe": {
      const broken = laws.filter((law) => law.broken !== undefined);
      return `${strategy}: UNSAFE here, do not use it\n${broken.map((law) => `  ${law.name}: ${law.broken}\n`).join("")}`;
    }
  }
}

/** The outcome without the cause, which may name a host. */
function told({ bucket, keepsOneObject: { status, ...more } }: UploadsReport): object {
  return { bucket, keepsOneObject: { status, ...("seen" in more ? { seen: more.seen } : {}) } };
}

function describeUploads({ bucket, keepsOneObject }: UploadsReport): string {
  switch (keepsOneObject.status) {
    case "proven":
      return `retries on ${bucket}: it kept one object of every two uploads that overlapped\n`;
    case "broken":
      return `retries on ${bucket}: UNSAFE here, do not offer them: ${keepsOneObject.seen}\n`;
    case "undecided":
      return `retries on ${bucket}: could not be tried: the credentials must put, get and delete below presign-once-probe/\n`;
  }
}
