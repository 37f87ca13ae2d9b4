import { setTimeout } from "node:timers/promises";

import { runCommand } from "@presign-once/cli";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { AWS_ROWS } from "../../packages/cli/src/smoke-test/aws/diagnoses.ts";
import { MOST_REQUESTS } from "../../packages/cli/src/smoke-test/checks/http-checks.ts";
import { type Pace, slowChecks } from "../../packages/cli/src/smoke-test/checks/slow.ts";
import { checkOf } from "../../packages/cli/src/smoke-test/deployment-session.ts";
import { diagnosisCodes } from "../../packages/cli/src/smoke-test/diagnoses.ts";
import { createHttpClient } from "../../packages/cli/src/smoke-test/http-client.ts";
import { runChecks } from "../../packages/cli/src/smoke-test/run-checks.ts";
import { startCloudFrontFront } from "../support/fronts/cloudfront/cloudfront-front.ts";
import { type MeddledDeployment, ORIGIN, type SmokeRun, startMeddledDeployment } from "./meddled-deployment.ts";
import { withHeader } from "./meddling-proxy.ts";
import { misconfigurations } from "./misconfigurations.ts";
import { runInProcess } from "./run-in-process.ts";

let deployment: MeddledDeployment;
beforeAll(async () => {
  deployment = await startMeddledDeployment();
}, 60_000);
afterAll(() => deployment?.stop());
beforeEach(() => {
  deployment.viewer.meddle();
  deployment.store.meddle();
});

function codesOf({ report }: Pick<SmokeRun, "report">): string[] {
  return report.checks.flatMap(({ diagnosis }) => (diagnosis === undefined ? [] : [diagnosis.code]));
}

/** Nothing that was issued meanwhile may stand in what was printed. */
function expectNoSecret({ printed, secrets }: SmokeRun): void {
  for (const secret of secrets) expect(printed).not.toContain(secret);
}

describe("a deployment in which nothing is wrong", () => {
  let run: SmokeRun;
  beforeAll(async () => {
    run = await deployment.run("--origin", ORIGIN);
  }, 60_000);

  test("passes every check but those that this client or endpoint cannot do, with the reason", () => {
    const { checks } = run.report;
    expect(codesOf(run)).toEqual([]);
    expect([run.exitCode, run.report.passed]).toEqual([0, true]);
    const skipped = checks.filter(({ status }) => status === "skipped").map(({ name, reason }) => [name, reason]);
    expect(skipped).toEqual([
      ["http2", "the endpoint does not offer HTTP/2"],
      ["http3", expect.stringContaining("Node has no HTTP/3")],
    ]);
    expect(checks.filter(({ status }) => status === "passed").length).toBe(checks.length - 2);
  });

  test("is sent as many requests as --help says", () => {
    expect(run.report.requests).toBe(MOST_REQUESTS);
  });

  test("is told in JSON of every answer, with the id that its log line has", () => {
    const answers = run.report.checks.flatMap((check) => check.answers);
    expect(answers.length).toBeGreaterThan(70);
    for (const { status, requestId } of answers) expect([status, typeof requestId]).toEqual([status, "string"]);
  });

  test("is nowhere printed with a URL, a tag, a signature or a lock", () => {
    expect(run.secrets.size).toBeGreaterThan(60);
    expectNoSecret(run);
  });
});

test("a deployment that issues tickets passes, too, and prints none", async () => {
  const ofTickets = await startMeddledDeployment("at-use");
  try {
    const run = await ofTickets.run("--origin", ORIGIN);
    expect(codesOf(run)).toEqual([]);
    const skipped = run.report.checks.filter(({ status }) => status === "skipped").map(({ name }) => name);
    expect(skipped).toEqual(["http2", "http3", "spelling"]);
    expect(run.secrets.size).toBeGreaterThan(30);
    expectNoSecret(run);

    // Between the edge and S3, where the verify function's own signature is.
    ofTickets.store.meddle(({ rawHeaders, ...request }, pass) => {
      const isUpload = request.target.includes("/uploads/");
      return pass({ ...request, rawHeaders: isUpload ? withHeader(rawHeaders, "content-type", "x/y") : rawHeaders });
    });
    expect(codesOf(await ofTickets.run("--only", "pinned"))).toEqual(["header-altered"]);
  } finally {
    await ofTickets.stop();
  }
}, 60_000);

describe.each(misconfigurations)("if $what", ({ viewer, store, flags = ["--origin", ORIGIN], code, also, seen }) => {
  test(`the smoke test says ${code}, and nothing else`, async () => {
    deployment.viewer.meddle(viewer?.(deployment));
    deployment.store.meddle(store?.(deployment));
    const run = await deployment.run(...flags);
    expect([...new Set(codesOf(run))].sort()).toEqual([code, also].filter((each) => each !== undefined).sort());
    expect(run.exitCode).toBe(1);
    if (seen !== undefined) expect(run.report.checks.map((check) => check.seen ?? "").join("")).toMatch(seen);
    expectNoSecret(run);
  });
});

test("the slow checks pass too, here in a hurry", async () => {
  const hurry: Pace = { lifeSeconds: 3, lateSeconds: 1, uploadSeconds: 2, largeBytes: 3_000_000 };
  const described = { endpoint: deployment.edgeEndpoint, headers: [], origin: undefined, bucketUrl: undefined };
  const wait = (seconds: number) => setTimeout(seconds * 1_000);
  const slow = { ...described, http: createHttpClient(), onStored() {}, wait };
  const reports = await runChecks(slowChecks(hurry).map((check) => checkOf(slow, check)));
  const passed = { status: "passed" };
  expect(reports.map(({ result }) => result)).toEqual([
    passed,
    passed,
    { ...passed, note: expect.any(String) as string },
    { ...passed, note: "it was used up" },
  ]);
});

/** Endpoints at which there is no deployment. */
const nowhere = [
  ["dns-not-found", "https://no-such-deployment.invalid/url"],
  ["not-connected", "http://127.0.0.1:1/url"],
] as const;

test.each(nowhere)("%s at %s", async (code, endpoint) => {
  expect(codesOf(await runInProcess(endpoint))).toEqual([code]);
});

test("tls-not-spoken at a port that speaks plain HTTP", async () => {
  const endpoint = deployment.edgeEndpoint.replace("http:", "https:");
  expect(codesOf(await runInProcess(endpoint))).toEqual(["tls-not-spoken"]);
});

test("a name that does not exist is told within seconds, with the usual wait too", async () => {
  const startedAt = performance.now();
  const { exitCode, stdout } = await runCommand(["smoke-test", "https://no-such-deployment.invalid/url"], { env: {} });
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining("dns-not-found")]);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test("over TLS and HTTP/2 all is tried but HTTP/3; without the certificate nothing is", async () => {
  const front = await startCloudFrontFront({ target: deployment.viewer.url, tls: true });
  try {
    const run = await runInProcess(`${front.url}/url`, front.ca);
    expect(codesOf(run)).toEqual([]);
    const skipped = run.report.checks.filter(({ status }) => status === "skipped").map(({ name }) => name);
    expect(skipped).toEqual(["http3", "cors", "bucket"]);
    expect(codesOf(await runInProcess(`${front.url}/url`))).toEqual(["tls-failed"]);
  } finally {
    await front.close();
  }
});

test("everything that the smoke test can say without --aws is played here", () => {
  const played = new Set<string>([
    ...["tls-failed", "tls-not-spoken"],
    ...[...nowhere, ...misconfigurations.map(({ code }) => [code])].flat(),
  ]);
  const withoutAws = diagnosisCodes.filter((code) => !(code in AWS_ROWS));
  expect(withoutAws.filter((code) => !played.has(code))).toEqual([]);
});
