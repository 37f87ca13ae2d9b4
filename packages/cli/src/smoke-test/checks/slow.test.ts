import { expect, test } from "vitest";

import { answerOf, createInMemoryDeployment, type InMemoryDeployment } from "../../../test/in-memory-deployment.ts";
import { checkOf } from "../deployment-session.ts";
import { runChecks } from "../run-checks.ts";
import { MOST_SLOW_REQUESTS } from "./http-checks.ts";
import { slowChecks, slowSeconds } from "./slow.ts";

/** What the slow checks come to, in their order: `passed`, or the code. */
async function run(deployment: InMemoryDeployment): Promise<string[]> {
  const reports = await runChecks(slowChecks().map((check) => checkOf(deployment, check)));
  return reports.map(({ result }) => (result.status === "failed" ? result.diagnosis.code : result.status));
}

test("send as many requests and wait as long as --help says", async () => {
  const deployment = createInMemoryDeployment();
  expect(await run(deployment)).toEqual(["passed", "passed", "passed", "passed"]);
  expect(deployment.requests).toHaveLength(MOST_SLOW_REQUESTS);
  const waited = deployment.waits.reduce((sum, seconds) => sum + seconds, 0);
  expect(waited).toBe(slowSeconds());
});

test("a URL that is good after its end is found", async () => {
  const late = createInMemoryDeployment((_, usual) => (usual.body.includes("UrlExpired") ? answerOf(200, "") : usual));
  expect((await run(late))[0]).toBe("pin-ignored");
});

test("a URL that ends before its last minute is found", async () => {
  const early = createInMemoryDeployment((_, usual) =>
    early.clock.now().getTime() > Date.parse("2026-01-01T00:00:30Z") && usual.status === 200 && usual.body === ""
      ? answerOf(403, "<Error><Code>ExpiredToken</Code><Message>m</Message><HostId>h</HostId></Error>")
      : usual,
  );
  expect((await run(early))[0]).toBe("credentials-expired");
});

test("an upload of more than a minute goes on all the time, one over 100 MB brings more than 100 MB", async () => {
  const deployment = createInMemoryDeployment();
  await run(deployment);
  expect(deployment.waits.filter((seconds) => seconds === 1)).toHaveLength(65);
  const lengths = deployment.requests.map(({ body }) => body?.lengthBytes ?? 0);
  expect(Math.max(...lengths)).toBeGreaterThan(100 * 1_024 ** 2);
});
