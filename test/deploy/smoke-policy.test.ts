import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { expect, test } from "vitest";

import { openAwsSide } from "../../packages/cli/src/smoke-test/aws/open-aws-side.ts";
import { ACCOUNT, healthyDeployment, NAMES } from "../../packages/cli/test/aws/aws-model.ts";
import { startAws } from "../../packages/cli/test/aws/start-aws.ts";
import { allows, type Policy } from "./policy-evaluator.ts";

const guide = resolve(import.meta.dirname, "..", "..", "docs", "deploy.md");

async function readPolicy(): Promise<Policy> {
  const [, json = ""] =
    /^<!-- The test of the smoke test's policy .*?^```json\n(.*?)^```$/ms.exec(await readFile(guide, "utf8")) ?? [];
  return JSON.parse(json) as Policy;
}

/** Everything that `smoke-test --aws` can ask for, with every part of a deployment that is optional. */
async function allCalls() {
  const model = healthyDeployment();
  model.distribution.DefaultCacheBehavior.ResponseHeadersPolicyId = "headers";
  model.responseHeadersPolicies["headers"] = { Name: "SecurityHeaders" };
  model.roles[NAMES.issueRole]!.managed[`arn:aws:iam::${ACCOUNT}:policy/more`] = [];
  model.buckets[NAMES.uploads]!.objects["uploads/x"] = ["v1"];
  const { calls } = await startAws(model);
  const side = await openAwsSide({ endpoint: new URL(`https://${model.domainName}/url`) });
  await side.readChecks();
  expect(await side.removeUploads(["uploads/x"])).toEqual([]);
  side.close();
  return calls;
}

test("the policy of docs/deploy.md for a smoke test allows every request that it makes", async () => {
  const policy = await readPolicy();
  const denied = (await allCalls()).filter(([action, resource]) => !allows([policy], { action, resource }));
  expect(denied).toEqual([]);
});

test("… and no action that it does not make", async () => {
  const made = new Set((await allCalls()).map(([action]) => action));
  const allowed = (await readPolicy()).Statement.flatMap(({ Action }) => [Action].flat());
  expect(allowed.filter((action) => !made.has(action))).toEqual([]);
  expect(allowed).toHaveLength(made.size);
});

test("… and lets it remove no object but uploads", async () => {
  const policy = await readPolicy();
  const remove = (resource: string) => allows([policy], { action: "s3:DeleteObjectVersion", resource });
  expect(remove(`arn:aws:s3:::${NAMES.uploads}/uploads/x`)).toBe(true);
  expect(remove(`arn:aws:s3:::${NAMES.uploads}/elsewhere/x`)).toBe(false);
  expect(remove(`arn:aws:s3:::${NAMES.index}/signatures/x`)).toBe(false);
});
