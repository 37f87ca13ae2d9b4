import { readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import type { copyWorkspace } from "../../gates/workspace-copy.ts";
import { runCommand } from "../../scripts/run-command.ts";
import { suites } from "../../scripts/test-suites.ts";
import type { Mutant } from "./mutant.ts";

/** What the tests said to a mutant. */
export interface Verdict {
  readonly killed: boolean;
  /** The first test that failed. */
  readonly by: string;
  readonly seconds: number;
}

type Workspace = Awaited<ReturnType<typeof copyWorkspace>>;

/** The tests of the whole gate, for what the packages by themselves do not notice. */
const GATE = [
  "--project",
  "test",
  "test/hostile/handler.test.ts",
  "test/hostile/downloads.test.ts",
  "test/origin-lock/origin-lock.test.ts",
  "test/faults/timers.test.ts",
  "test/interleavings",
];

/** Everything that is asked of any mutant: must succeed before anything is made wrong. */
export const healthySuites: readonly (readonly string[])[] = [
  ["packages/core/"],
  ["packages/adapter-s3/"],
  ["packages/adapter-edge/"],
  ["packages/indexes/"],
  GATE,
];

/** Tests of files without a test of the same name: paths from their folder, without `.test.ts`. */
const TESTED_BY: Readonly<Record<string, readonly string[]>> = {
  "conditional-write": ["conditional-index", "sealed-index"],
  "settled-index": ["conditional-index", "versioning-index"],
  "versioned-keys": ["versioning-index"],
  "oldest-version": ["versioning-index"],
  "entry-store": ["conditional-index", "versioning-index"],
  "sdk-index-s3": ["../s3/index-s3"],
  "lean-index-s3": ["../s3/index-s3"],
  "refused-upload": ["../edge/claim", "../edge/issue"],
  "read-ticket": ["ticket-fault", "../relay/relay-claimer", "../edge/ticket-upload"],
  "download-gate": ["../edge/download"],
  "send-file": ["download-handler"],
  "presigned-upload": ["claim"],
  "check-issue-request": ["../edge/issue", "../ticket/ticket-issuer"],
  "verify-handler": ["verify-handler", "verify-downloads"],
  "lean-exchange": ["../s3/index-s3"],
};

/** Tests to run in this order: those next to the file, then all of its package, then the whole gate. */
function suitesFor({ file, mustBeKilledBy }: Mutant): readonly (readonly string[])[] {
  if (mustBeKilledBy !== undefined) return [mustBeKilledBy];
  const [, project = ""] = /^packages\/([^/]+)\//.exec(file) ?? [];
  const tests = (TESTED_BY[basename(file, ".ts")] ?? [basename(file, ".ts")]).map((name) =>
    join(dirname(file), `${name}.test.ts`),
  );
  return [tests, [`packages/${project}/`], GATE];
}

/**
 * Lets a mutant loose in a copy of the workspace and asks the tests that should notice, until one does.
 *
 * @throws when the text to be replaced does not stand in the file exactly once: the list is out of date
 */
export async function tryMutant(workspace: Workspace, mutant: Mutant): Promise<Verdict> {
  const text = await readFile(join(workspace.folder, mutant.file), "utf8");
  const occurrences = text.split(mutant.original).length - 1;
  if (occurrences !== 1) throw new Error(`${mutant.file}: ${occurrences} times there: ${mutant.original}`);
  let seconds = 0;
  try {
    await workspace.plant(
      mutant.file,
      text.replace(mutant.original, () => mutant.replacement),
    );
    for (const suite of suitesFor(mutant)) {
      const verdict = await ask(workspace, suite);
      seconds += verdict.seconds;
      if (verdict.killed) return { ...verdict, seconds };
    }
    return { killed: false, by: "", seconds };
  } finally {
    await workspace.restore();
  }
}

/**
 * Runs tests until the first fails, each failure tried again twice, since a test that fails by chance has noticed nothing.
 *
 * @param suite  arguments for `vitest run`; the name of a suite in front: of that suite
 * @throws when Vitest failed and no test did
 */
export async function ask(workspace: Workspace, suite: readonly string[]): Promise<Verdict> {
  const report = join(workspace.folder, "mutant-report.json");
  await rm(report, { force: true });
  const options = ["--bail=1", "--retry=2", "--testTimeout=20000", "--reporter=json", `--outputFile=${report}`];
  const bin = join(workspace.folder, "node_modules", ".bin", "vitest");
  const [first, ...others] = suite;
  const [args, env] =
    first !== undefined && Object.hasOwn(suites, first) ? [others, { TEST_SUITE: first }] : [suite, {}];
  const run = { cwd: workspace.folder, env };
  const { exitCode, output, seconds } = await runCommand(bin, ["run", ...args, ...options], run);
  if (exitCode === 0) return { killed: false, by: "", seconds };
  const by = await firstFailure(report);
  if (by === undefined)
    throw new Error(`Vitest failed, and no test did: ${output.trim().split("\n").slice(0, 3).join(" ")}`);
  return { killed: true, by, seconds };
}

async function firstFailure(report: string): Promise<string | undefined> {
  const { testResults } = JSON.parse(await readFile(report, "utf8").catch(() => '{"testResults":[]}')) as JsonReport;
  for (const { name, message, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === "failed");
    const file = name.split("/").at(-1) ?? "";
    if (failed !== undefined) return `${file}: ${failed.fullName}`;
    if (message !== "") return `${file}: ${message.split("\n")[0] ?? ""}`;
  }
  return undefined;
}

/** The part of Vitest's JSON report that is read here. */
interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
