import type { CheckResult } from "../check.ts";
import { diagnosis, type DiagnosisCode } from "../diagnoses.ts";
import type { Fact } from "./fact.ts";
import type { Deployment } from "./read-deployment.ts";

/** A check of what AWS says about a deployment. Sends nothing. */
export interface AwsCheck {
  /** What `--only` takes. */
  readonly name: string;
  /** The rule in a few words. */
  readonly title: string;
  judge(deployment: Deployment): CheckResult;
}

/** The rule holds. */
export function passed(note?: string): CheckResult {
  return { status: "passed", note };
}

/** The rule is broken. @param seen  what AWS said, in one line */
export function failed(code: DiagnosisCode, seen?: string): CheckResult {
  return { status: "failed", diagnosis: diagnosis(code), seen };
}

/** Judges a fact, or skips the check for the reason that it could not be read. */
export function judge<Value>(fact: Fact<Value>, of: (value: Value) => CheckResult): CheckResult {
  return fact.status === "read" ? of(fact.value) : { status: "skipped", reason: fact.reason };
}

/** One result of several: one failure fails, and one that was skipped lets none pass. */
export function all(...results: readonly CheckResult[]): CheckResult {
  const failure = results.find(({ status }) => status === "failed");
  if (failure !== undefined) return failure;
  const texts = (textOf: (result: CheckResult) => string | undefined) => {
    const found = new Set(results.map(textOf).filter((text) => text !== undefined));
    return found.size === 0 ? undefined : [...found].join("; ");
  };
  const reason = texts((result) => (result.status === "skipped" ? result.reason : undefined));
  if (reason !== undefined) return { status: "skipped", reason };
  return passed(texts((result) => (result.status === "passed" ? result.note : undefined)));
}
