import { errorAnswer, type Outcome, wireError } from "@presign-once/core/http";
import { expect, test } from "vitest";

import { answerOf, createInMemoryDeployment } from "../../../test/in-memory-deployment.ts";
import { checkOf } from "../deployment-session.ts";
import { runChecks } from "../run-checks.ts";
import { downloadCheck } from "./download.ts";

/** Runs the check where the endpoint answers so to a request for a link. */
async function runWhereLinksAre(outcome: Outcome, detail: string) {
  const deployment = createInMemoryDeployment((request, usual) => {
    if (!request.url.includes("download=")) return usual;
    const { status, body } = errorAnswer(
      wireError(outcome, { detail }),
      usual.headers["x-amz-cf-id"] ?? "",
      [],
      "json",
    );
    return answerOf(status, body);
  });
  const [report] = await runChecks([checkOf(deployment, downloadCheck)]);
  return { result: report?.result, requests: deployment.requests.length };
}

test.each<[Outcome, detail: string, reason: string]>([
  ["parameter-invalid", "download: no downloads are offered here.", "the settings offer no one-time downloads"],
  [
    "forbidden",
    "download: this object is in none of your folders.",
    "the authorizer lets this caller download nothing",
  ],
])("a link that is refused as %s is no fault, and the reason is told", async (outcome, detail, reason) => {
  expect(await runWhereLinksAre(outcome, detail)).toEqual({ result: { status: "skipped", reason }, requests: 3 });
});

test("any other refusal is a fault", async () => {
  const { result } = await runWhereLinksAre("issue-fault", "");
  expect(result).toMatchObject({ status: "failed", diagnosis: { code: "function-fault" } });
});
