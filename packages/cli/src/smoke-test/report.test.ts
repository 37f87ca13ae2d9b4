import { expect, test } from "vitest";

import { CheckFailed, type TracedAnswer } from "./check.ts";
import { diagnosis } from "./diagnoses.ts";
import { describeSmokeTest, type SmokeReport } from "./report.ts";
import { runChecksAfter } from "./run-checks.ts";

const answer: TracedAnswer = {
  status: 403,
  xCache: "Error from cloudfront",
  pop: "FRA56-P1",
  requestId: "6yx==",
  ms: 71,
};

async function reportOf(): Promise<SmokeReport> {
  const checks = await runChecksAfter(
    [
      {
        name: "issue",
        title: "the endpoint issues URLs",
        run: () => Promise.resolve({ status: "passed", note: "first 9 ms" }),
      },
    ],
    [
      {
        name: "sizes",
        title: "uploads are stored",
        run: (trace) => {
          trace.push({ ...answer, status: 200 }, answer, answer);
          return Promise.reject(new CheckFailed(diagnosis("waf-body-limit"), "403 to 9216 bytes"));
        },
      },
      {
        name: "large",
        title: "100 MB",
        run: () => Promise.resolve({ status: "failed", diagnosis: diagnosis("waf-body-limit") }),
      },
      { name: "http3", title: "HTTP/3", run: () => Promise.resolve({ status: "skipped", reason: "Node has none" }) },
    ],
    () => {},
  );
  return { host: "d111.cloudfront.net", checks, requests: 12, objects: ["uploads/1", "uploads/2"] };
}

test("people get a table, each cause once, what was answered, and where its log line is", async () => {
  const { exitCode, stdout } = describeSmokeTest(await reportOf(), { json: false });
  expect(exitCode).toBe(1);
  expect(stdout).toBe(`passed   issue  the endpoint issues URLs  first 9 ms
FAILED   sizes  uploads are stored        waf-body-limit
         symptom  403 for uploads over 8 KB only
         cause    a rule of AWS WAF such as SizeRestrictions_BODY
         fix      set its rules to Count: docs/deploy.md, AWS WAF
         seen     403 to 9216 bytes
         answer   200, x-cache Error from cloudfront, x-amz-cf-pop FRA56-P1, x-amz-cf-id 6yx==, 71 ms
         answer   403, x-cache Error from cloudfront, x-amz-cf-pop FRA56-P1, x-amz-cf-id 6yx==, 71 ms
FAILED   large  100 MB                    waf-body-limit
skipped  http3  HTTP/3                    Node has none

1 passed, 2 failed, 1 skipped; 12 requests to d111.cloudfront.net; 2 small objects left in the bucket (keys: --json)

The log line of an answer has its id as requestId. It is in the log group /aws/lambda/us-east-1.<function>, in the region
of AWS near the edge location, whose first letters are an airport's. How to search all: docs/deploy.md, Reading the logs.
`);
});

test("programs get every answer, with status and diagnosis beside the name", async () => {
  const { stdout } = describeSmokeTest(await reportOf(), { json: true });
  const report = JSON.parse(stdout) as { passed: boolean; checks: unknown[]; objects: string[] };
  expect([report.passed, report.objects]).toEqual([false, ["uploads/1", "uploads/2"]]);
  expect(report.checks[1]).toEqual({
    name: "sizes",
    title: "uploads are stored",
    status: "failed",
    diagnosis: diagnosis("waf-body-limit"),
    seen: "403 to 9216 bytes",
    answers: [{ ...answer, status: 200 }, answer, answer],
  });
});

test("once a check fails that others rest on, they are not run, and one line says so", async () => {
  const ran: string[] = [];
  const other = (name: string) => ({
    name,
    title: name,
    run: () => Promise.resolve({ status: "passed" as const, note: String(ran.push(name)) }),
  });
  const failing = { ...other("first-use"), run: () => Promise.reject(new CheckFailed(diagnosis("oac-attached"))) };
  const checks = await runChecksAfter([other("issue"), failing], [other("sizes"), other("race")], () => {});
  expect(ran).toEqual(["issue"]);
  const { exitCode, stdout } = describeSmokeTest({ host: "h", checks, requests: 2, objects: [] }, { json: false });
  expect(exitCode).toBe(1);
  expect(stdout).toContain("1 passed, 1 failed, 0 skipped; 2 not run, since a first check failed; 2 requests to h\n");
  expect(stdout).not.toContain("race");
  expect(stdout).not.toContain("log line"); // nothing was answered
});

test("one of a kind is told in the singular", () => {
  const { stdout } = describeSmokeTest({ host: "h", checks: [], requests: 1, objects: ["uploads/1"] }, { json: false });
  expect(stdout).toContain("; 1 request to h; 1 small object left in the bucket (keys: --json)\n");
});
