import { expect, test } from "vitest";

import { answerOf, createInMemoryDeployment } from "../../../test/in-memory-deployment.ts";
import type { CheckResult } from "../check.ts";
import { checkOf } from "../deployment-session.ts";
import type { HttpAnswer } from "../http-message.ts";
import { runChecks } from "../run-checks.ts";
import { firstUseCheck } from "./first-use.ts";
import { issueCheck } from "./issuing.ts";

const NOT_READY = answerOf(
  503,
  "The Lambda function associated with the CloudFront distribution is invalid or doesn't have the required permissions.",
  { "content-type": "text/html" },
);

/** Runs the check against a deployment that first gives these answers, or has these errors. */
async function runAgainst(first: readonly (HttpAnswer | Error)[], waitSeconds: number) {
  const left = [...first];
  const lines: string[] = [];
  const deployment = createInMemoryDeployment((_, usual) => {
    const next = left.shift() ?? usual;
    if (next instanceof Error) throw next;
    return next;
  });
  const check = checkOf(deployment, issueCheck({ waitSeconds, report: (line) => lines.push(line) }));
  const [report] = await runChecks([check]);
  return { result: report?.result as CheckResult, lines, waits: deployment.waits };
}

test("a deployment that is ready is not waited for", async () => {
  const { result, lines, waits } = await runAgainst([], 300);
  expect(result).toEqual({ status: "passed", note: "first 5 ms, then 5 ms; the function may take 5000 ms" });
  expect([lines, waits]).toEqual([[], []]);
});

test("a new deployment is waited for, with a line for every ten seconds", async () => {
  const { result, lines, waits } = await runAgainst([NOT_READY, NOT_READY], 300);
  expect(result.status).toBe("passed");
  expect(waits).toEqual([10, 10]);
  expect(lines).toEqual([
    "waiting for the deployment, 300 s at most: 503, is invalid or doesn't have the required permissions",
    "waiting for the deployment, 290 s at most: 503, is invalid or doesn't have the required permissions",
  ]);
});

test("the wait has an end, after which the last answer is explained", async () => {
  const { result, waits } = await runAgainst(Array<HttpAnswer>(9).fill(NOT_READY), 25);
  expect(result).toMatchObject({ status: "failed", diagnosis: { code: "edge-not-ready" } });
  expect(waits).toEqual([10, 10, 5]);
});

test("with --wait 0 nothing is waited for", async () => {
  const { result, waits, lines } = await runAgainst([NOT_READY], 0);
  expect([result.status, waits, lines]).toEqual(["failed", [], []]);
});

test.each(["ENOTFOUND", "EAI_AGAIN"])("a host that is unknown (%s) is not waited for", async (code) => {
  const { result, waits } = await runAgainst([Object.assign(new Error("getaddrinfo"), { code })], 300);
  expect(result).toMatchObject({ status: "failed", diagnosis: { code: "dns-not-found" } });
  expect(waits).toEqual([]);
});

test("what a new deployment does not answer is not waited for", async () => {
  const { result, waits } = await runAgainst([answerOf(403, "Request blocked.", { "content-type": "text/html" })], 300);
  expect(result).toMatchObject({ status: "failed", diagnosis: { code: "waf-blocked" } });
  expect(waits).toEqual([]);
});

test("a URL that does not sign the lock comes from another endpoint", async () => {
  const url = "https://bucket.example/key?X-Amz-SignedHeaders=host";
  const grant = answerOf(200, JSON.stringify({ id: "1", key: "k", url, headers: {} }));
  const { result } = await runAgainst([grant, grant], 0);
  expect(result).toMatchObject({
    diagnosis: { code: "not-an-issue-endpoint" },
    seen: "the URL does not sign x-once-lock",
  });
});

test("the headers for the authorizer go to the endpoint, and never with an upload", async () => {
  const deployment = { ...createInMemoryDeployment(), headers: [["authorization", "Bearer planted"]] as const };
  const checks = [issueCheck({ waitSeconds: 0, report() {} }), firstUseCheck];
  const reports = await runChecks(checks.map((check) => checkOf(deployment, check)));
  expect(reports.map(({ result }) => result.status)).toEqual(["passed", "passed"]);
  for (const { method, headers } of deployment.requests)
    expect([method, new Map(headers).get("authorization")]).toEqual([
      method,
      method === "GET" ? "Bearer planted" : undefined,
    ]);
  expect(JSON.stringify(reports)).not.toContain("planted");
});
