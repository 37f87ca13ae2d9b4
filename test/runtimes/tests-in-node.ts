import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";

import type { TestProject } from "vitest/node";

import { runCommand } from "../../scripts/run-command.ts";
import type { TestReport } from "./runtime.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What became of the tests of `core` in Node, where every other test runs. */
    readonly testsInNode: readonly TestReport[];
  }
}

/** The part of Vitest's JSON report that is read here. */
interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const workspace = resolve(import.meta.dirname, "../..");

/** Before the first test: what Node says of the same files. */
export async function setup(project: TestProject): Promise<void> {
  const tests = await runInNode();
  if (tests.length === 0) throw new Error("core has no test that runs in Node");
  project.provide("testsInNode", tests);
}

async function runInNode(): Promise<TestReport[]> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-node-"));
  try {
    const report = join(folder, "report.json");
    const args = ["run", "packages/core/", "--reporter", "json", "--outputFile", report];
    // Without a report of its own, which would take the place of this one; and of the unit tests, not of this suite.
    const { output } = await runCommand("vitest", args, { cwd: workspace, env: { TEST_REPORTS: "", TEST_SUITE: "" } });
    const text = await readFile(report, "utf8").catch(() => undefined);
    if (text === undefined) throw new Error(`Vitest left no report: ${output.slice(0, 2_000)}`);
    return reportsIn(JSON.parse(text) as JsonReport);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function reportsIn({ testResults }: JsonReport): TestReport[] {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => ({
      name: [relative(join(workspace, "packages/core"), name), ...ancestorTitles, title].join(" > "),
      state: status === "passed" || status === "failed" ? status : "skipped",
      errors: failureMessages,
    })),
  );
}
