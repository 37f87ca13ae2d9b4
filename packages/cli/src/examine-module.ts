import { hashCanonicalRequest, type SignatureIndex } from "@presign-once/core";

import type { CommandOutput, Surroundings } from "./command.ts";
import { counted } from "./counted.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { formatTable } from "./format-table.ts";
import { closeModule, describe, type IndexModule } from "./index-module.ts";

/** How hard to examine, and how to tell. */
interface Examination {
  readonly rounds: number;
  readonly claimants: number;
  readonly json: boolean;
  readonly verbose: boolean;
}

/**
 * Runs the laws of single use on an index of a module, with as many handles as its function opens.
 *
 * Nothing can be injected between such an index and its store, so the laws about lost answers and storms are skipped.
 *
 * @param open  one more handle
 * @returns     `exitCode`: 0 no law was broken, 1 one was, 2 the index registers nothing, so none was tried
 */
export async function examineModule(
  open: () => Promise<IndexModule>,
  { rounds, claimants, json, verbose }: Examination,
  report: Surroundings["report"],
): Promise<CommandOutput> {
  const { indexLaws, tryLaw } = await import("@presign-once/core/testing");
  const opened: IndexModule[] = [];
  const openIndex = async () => {
    const parts = await open();
    opened.push(parts);
    return parts.index;
  };
  try {
    const fault = await findFault(await openIndex());
    if (fault !== undefined)
      return { exitCode: EXIT_CODES.wrong, stdout: "", complaint: `the index cannot be examined: ${fault}` };
    const laws = [];
    for (const law of indexLaws) {
      report(`index: ${law.name}`);
      laws.push(await tryLaw(law, { open: openIndex, rounds, claimants }));
    }
    const broken = laws.find((law) => law.broken !== undefined);
    const exitCode = broken === undefined ? EXIT_CODES.done : EXIT_CODES.fault;
    const verdict = broken === undefined ? "not-disproved" : "unsafe";
    if (json) return { exitCode, stdout: `${JSON.stringify({ verdict, rounds, claimants, laws }, null, 2)}\n` };
    const skipped = laws.filter((law) => law.skipped !== undefined);
    const found =
      broken === undefined
        ? ["not disproved", `in ${counted(rounds, "round")} of ${counted(claimants, "claimant")}, in one process`]
        : ["UNSAFE", `do not use it: ${broken.broken}`];
    const rows = [
      ["index", ...found],
      [
        "not tried",
        counted(skipped.length, "law"),
        "they need faults: docs/write-an-index.md runs them, and races two processes",
      ],
    ];
    const told = laws.map((law) => [
      law.name,
      law.broken === undefined ? (law.skipped ?? "held") : `BROKEN: ${law.broken}`,
    ]);
    return { exitCode, stdout: formatTable(rows) + (verbose ? formatTable(told) : "") };
  } finally {
    for (const parts of opened) await closeModule(parts);
  }
}

/** Why an index does not answer at all, which would look like a broken law. */
async function findFault(index: SignatureIndex): Promise<string | undefined> {
  const hash = await hashCanonicalRequest(`doctor ${crypto.randomUUID()}`);
  const outcome = await index.register(hash, { expiresAt: new Date(Date.now() + 60_000) });
  return outcome.status === "indeterminate" ? describe(outcome.cause) : undefined;
}
