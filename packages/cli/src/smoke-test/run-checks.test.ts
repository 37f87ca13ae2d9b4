import { expect, test } from "vitest";

import { type Check, CheckFailed, type Diagnosis } from "./check.ts";
import { runChecks } from "./run-checks.ts";

const diagnosis: Diagnosis = { code: "waf-blocked", symptom: "403", cause: "a rule", fix: "count" };
const answer = { status: 200, xCache: undefined, pop: "FRA56-P1", requestId: "id", ms: 1 };

function check(name: string, run: Check["run"]): Check {
  return { name, title: `the rule ${name}`, run };
}

test("runs the checks in their order, one at a time, and keeps the answers of each apart", async () => {
  const seen: string[] = [];
  const step = (name: string) =>
    check(name, async (trace) => {
      seen.push(`${name} begins`);
      await new Promise(setImmediate);
      trace.push(answer);
      seen.push(`${name} ends`);
      return { status: "passed" };
    });
  const reports = await runChecks([step("a"), step("b")], ({ name }) => seen.push(`told ${name}`));
  expect(seen).toEqual(["told a", "a begins", "a ends", "told b", "b begins", "b ends"]);
  expect(reports.map(({ name, answers }) => [name, answers])).toEqual([
    ["a", [answer]],
    ["b", [answer]],
  ]);
});

test("a check fails by returning a diagnosis, or by throwing one, and the next one runs", async () => {
  const reports = await runChecks([
    check("returns", () => Promise.resolve({ status: "failed", diagnosis, seen: "403" })),
    check("throws", () => Promise.reject(new CheckFailed(diagnosis, "403"))),
    check("skips", () => Promise.resolve({ status: "skipped", reason: "no bucket was named" })),
  ]);
  const failed = { status: "failed", diagnosis, seen: "403" };
  expect(reports.map(({ result }) => result)).toEqual([
    failed,
    failed,
    { status: "skipped", reason: "no bucket was named" },
  ]);
});

test("any other error is a fault of the check, and is thrown", async () => {
  const broken = check("broken", () => Promise.reject(new TypeError("not a function")));
  await expect(runChecks([broken])).rejects.toThrow("not a function");
});
