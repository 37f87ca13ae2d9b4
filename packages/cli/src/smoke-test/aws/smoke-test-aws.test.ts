import { expect, test } from "vitest";

import { type AwsModel, healthyDeployment, NAMES } from "../../../test/aws/aws-model.ts";
import { startAws } from "../../../test/aws/start-aws.ts";
import { openConsole } from "../../../test/run.ts";
import { awsCheckNames } from "./aws-checks.ts";
import { openAwsSide } from "./open-aws-side.ts";

/** Nothing listens there: the HTTP side fails at once. */
const ENDPOINT = "http://127.0.0.1:9/url";

interface Report {
  readonly passed: boolean;
  readonly checks: readonly { name: string; status: string; diagnosis?: { code: string } }[];
}

async function runSmokeTest(model: AwsModel, ...args: string[]) {
  const console = await openConsole(undefined);
  await startAws(model);
  const result = await console.run(["smoke-test", ENDPOINT, "--wait", "0", ...args]);
  return { ...result, report: () => JSON.parse(result.stdout) as Report };
}

const AWS = ["--aws", "--distribution", "E1A2B3C4D5E6F7"];

test("AWS is asked although no URL is issued, and finds the cause", async () => {
  const model = healthyDeployment();
  model.distribution.Enabled = false;
  const { exitCode, report } = await runSmokeTest(model, ...AWS, "--json");
  const { checks } = report();
  const failed = checks.filter(({ status }) => status === "failed");
  expect(failed.map(({ name, diagnosis }) => [name, diagnosis?.code])).toEqual([
    ["issue", "not-connected"],
    ["aws-distribution", "distribution-disabled"],
  ]);
  expect(checks.slice(-awsCheckNames.length).map(({ name }) => name)).toEqual(awsCheckNames);
  expect(exitCode).toBe(1);
});

test("people read cause and fix of what AWS says, below what was asked", async () => {
  const model = healthyDeployment();
  model.distribution.Origins!.Items![0]!.OriginAccessControlId = "E0A1B2C3";
  const { stdout } = await runSmokeTest(model, ...AWS, "--only", "aws-origin");
  const [, explained = ""] = /^FAILED {2}aws-origin .* oac-attached\n((?: .*\n)+)/m.exec(stdout) ?? [];
  expect(explained).toMatch(/symptom .*\n.*cause .*OAC or OAI.*\n.*fix .*\n.*seen .*OAC E0A1B2C3/);
  expect(stdout).not.toContain("aws-methods");
});

test("where the bucket is, is read too, for the check that goes around the edge", async () => {
  const model = healthyDeployment();
  await openConsole(undefined);
  await startAws(model);
  const side = await openAwsSide({ endpoint: new URL(ENDPOINT), distributionId: "E1A2B3C4D5E6F7" });
  expect(side.uploadsPlace()).toBeUndefined();
  await side.readChecks();
  const host = model.distribution.Origins?.Items?.[0]?.DomainName;
  const { name, region, endpoint } = side.uploadsPlace() ?? {};
  expect([`${name}.s3.${region}.amazonaws.com`, endpoint]).toEqual([host, undefined]);
  side.close();
});

test("--config says what the functions are to do with uploads, and the environment does not", async () => {
  const model = healthyDeployment();
  const console = await openConsole(
    { uploads: { bucket: NAMES.uploads, tags: { scan: "pending" } }, region: "eu-west-1" },
    { PRESIGN_ONCE_BUCKET: "other" },
  );
  await startAws(model);
  const config = ["--config", "presign-once.config.json"];
  const { stdout } = await console.run(["smoke-test", ENDPOINT, "--wait", "0", ...AWS, ...config, "--json"]);
  const { checks } = JSON.parse(stdout) as Report;
  expect(checks.find(({ name }) => name === "aws-upload-tags")).toMatchObject({
    status: "failed",
    diagnosis: { code: "tags-right-missing" },
    seen: `issue: s3:PutObjectTagging on arn:aws:s3:::${NAMES.uploads}/uploads/x`,
  });
});

test("without --aws nothing is asked of AWS", async () => {
  const { calls } = await startAws(healthyDeployment());
  const console = await openConsole(undefined);
  const { stdout } = await console.run(["smoke-test", ENDPOINT, "--wait", "0"]);
  expect(stdout).not.toContain("aws-");
  expect(calls).toEqual([]);
});

test.each([
  [["--only", "aws-origin"], "--only aws-origin: expected --aws too"],
  [["--distribution", "E1A2B3C4D5E6F7"], "--distribution: expected"],
  [["--aws", "--distribution", "d111111abcdef8.cloudfront.net"], "--distribution: expected"],
])("%j is a mistake", async (args, said) => {
  const { exitCode, stderr } = await runSmokeTest(healthyDeployment(), ...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(said);
});
