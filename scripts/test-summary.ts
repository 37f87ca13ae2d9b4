/**
 * Add up the test reports in a folder and print `N passed, N failed` as the last line.
 *
 * Tests that did not run are named on a line before it. Without a single report, or with a test that failed, the exit
 * status is 1.
 *
 * Usage: node scripts/test-summary.ts <folder>
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("name the folder that the reports are in");

const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
const reports = await Promise.all(
  names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as Report),
);
const passed = sum(({ numPassedTests }) => numPassedTests);
const failed = sum(
  ({ numFailedTests, testResults }) => numFailedTests + testResults.filter(brokeOutsideItsTests).length,
);
const notRun = sum(({ numPendingTests, numTodoTests }) => numPendingTests + numTodoTests);

if (reports.length === 0) console.log(`no test report in ${folder}`);
if (notRun > 0) console.log(`${notRun} tests did not run`);
if (reports.length === 0 || reports.some(({ success }) => !success)) process.exitCode = 1;
console.log(`${passed} passed, ${failed} failed`);

/** A file that could not be loaded, or whose set-up failed, counts as one failure. */
function brokeOutsideItsTests({ status, assertionResults }: Report["testResults"][number]): boolean {
  return status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed");
}

function sum(count: (report: Report) => number): number {
  return reports.reduce((total, report) => total + count(report), 0);
}
