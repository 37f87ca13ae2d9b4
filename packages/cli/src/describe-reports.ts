import type { StrategyReport, UploadsReport } from "@presign-once/adapter-s3/doctor";

import type { CommandOutput } from "./command.ts";
import { counted } from "./counted.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { formatTable } from "./format-table.ts";

/**
 * Writes what the doctor found: a table of one row for each strategy and one for retries, or JSON:
 * `{ "strategies": […], "uploads": … }`.
 *
 * @param options.verbose  the table is followed by every law, with what was seen where it was broken
 * @returns `exitCode`: 0 some strategy was not disproved, 1 none was left; retries do not count
 */
export function describeReports(
  reports: readonly StrategyReport[],
  uploads: UploadsReport,
  { json, verbose }: { readonly json: boolean; readonly verbose: boolean },
): CommandOutput {
  const passed = reports.some(({ verdict }) => verdict === "not-disproved");
  return {
    exitCode: passed ? EXIT_CODES.done : EXIT_CODES.fault,
    stdout: json
      ? `${JSON.stringify({ strategies: reports, uploads: told(uploads) }, null, 2)}\n`
      : formatTable([...reports.map(rowOf), rowOfUploads(uploads)]) +
        (verbose ? reports.map(describeLaws).join("") : ""),
  };
}

function rowOf({ strategy, verdict, reason, rounds, claimants, laws }: StrategyReport): string[] {
  switch (verdict) {
    case "not-disproved":
      return [strategy, "not disproved", `in ${counted(rounds, "round")} of ${counted(claimants, "claimant")}`];
    case "unavailable":
      return [strategy, "unavailable", reason ?? ""];
    case "unsafe": {
      const seen = laws.find(({ broken }) => broken !== undefined)?.broken;
      return [strategy, "UNSAFE", `do not use it here: ${seen}`];
    }
  }
}

function describeLaws({ strategy, laws }: StrategyReport): string {
  return laws
    .map(({ name, broken }) => `${strategy}: ${name}: ${broken === undefined ? "held" : `BROKEN: ${broken}`}\n`)
    .join("");
}

/** The outcome without the cause, which may name a host. */
function told({ bucket, keepsOneObject: { status, ...more } }: UploadsReport): object {
  return { bucket, keepsOneObject: { status, ...("seen" in more ? { seen: more.seen } : {}) } };
}

function rowOfUploads({ bucket, keepsOneObject }: UploadsReport): string[] {
  switch (keepsOneObject.status) {
    case "proven":
      return ["retries", "fit", `${bucket} kept one object of every two uploads that overlapped`];
    case "broken":
      return ["retries", "UNSAFE", `do not offer them on ${bucket}: ${keepsOneObject.seen}`];
    case "undecided":
      return [
        "retries",
        "not tried",
        `the credentials must put, get and delete on ${bucket} below presign-once-probe/`,
      ];
  }
}
