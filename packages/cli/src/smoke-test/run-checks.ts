import { type Check, CheckFailed, type CheckResult, type TracedAnswer } from "./check.ts";

/** A check, what it came to, and what was answered to it. */
export interface CheckReport {
  readonly name: string;
  readonly title: string;
  readonly result: CheckResult;
  readonly answers: readonly TracedAnswer[];
}

/**
 * Runs checks one after the other, so that none sees another's load.
 *
 * @param onBegin  hears of each check before it runs
 * @returns a report for each, in the same order
 * @throws whatever a check throws that is no {@link CheckFailed}: a fault of the check
 */
export async function runChecks(
  checks: readonly Check[],
  onBegin: (check: Check) => void = () => {},
): Promise<readonly CheckReport[]> {
  const reports: CheckReport[] = [];
  for (const check of checks) {
    onBegin(check);
    const answers: TracedAnswer[] = [];
    const result = await check.run(answers).catch(asFailed);
    reports.push({ name: check.name, title: check.title, result, answers });
  }
  return reports;
}

/**
 * Runs checks that others rest on, and then the others.
 *
 * @param prerequisites  once one of them fails, no further check runs: it would only fail for the same reason
 */
export async function runChecksAfter(
  prerequisites: readonly Check[],
  checks: readonly Check[],
  onBegin: (check: Check) => void,
): Promise<readonly CheckReport[]> {
  const reports: CheckReport[] = [];
  for (const check of prerequisites) {
    const [report] = await runChecks([check], onBegin);
    if (report !== undefined) reports.push(report);
    if (report?.result.status !== "failed") continue;
    const left = [...prerequisites.slice(reports.length), ...checks];
    return [...reports, ...left.map((other) => notRun(other, check.name))];
  }
  return [...reports, ...(await runChecks(checks, onBegin))];
}

/** How the reason begins of a check that was not run. */
export const NOT_RUN = "not run, since the first check failed: ";

function notRun({ name, title }: Check, failed: string): CheckReport {
  return { name, title, result: { status: "skipped", reason: NOT_RUN + failed }, answers: [] };
}

function asFailed(error: unknown): CheckResult {
  if (!(error instanceof CheckFailed)) throw error;
  return { status: "failed", diagnosis: error.diagnosis, seen: error.seen };
}
