import { expect, test, vi } from "vitest";

import { ACCOUNT, type AwsModel, healthyDeployment, NAMES } from "../../../test/aws/aws-model.ts";
import { runAwsChecks } from "../../../test/aws/run-aws-checks.ts";
import { startAws } from "../../../test/aws/start-aws.ts";
import { awsCheckNames } from "./aws-checks.ts";
import { openAwsSide } from "./open-aws-side.ts";

/** What a deployment with everything that is optional is read with; `iam:GetPolicy…` only where a policy is managed. */
function everything(): AwsModel {
  const model = healthyDeployment();
  model.distribution.DefaultCacheBehavior.ResponseHeadersPolicyId = "headers";
  model.responseHeadersPolicies["headers"] = { Name: "SecurityHeaders" };
  model.roles[NAMES.issueRole]!.managed[`arn:aws:iam::${ACCOUNT}:policy/more`] = [];
  return model;
}

const AFTER_DISTRIBUTION = awsCheckNames.filter((name) => name !== "aws-concurrency");
const OF_BUCKETS = ["aws-regions", "aws-public-access", "aws-object-lock"];
const OF_SETTINGS = ["aws-upload-rights", "aws-upload-encryption", "aws-upload-tags"];
const OF_RIGHTS = ["aws-role-rights", "aws-logs", "aws-versions", "aws-lifecycle", "aws-encryption", ...OF_SETTINGS];

/** Each right that a smoke test needs, and the checks that are skipped without it. */
const needed: [action: string, skipped: readonly string[]][] = [
  ["cloudfront:ListDistributions", AFTER_DISTRIBUTION],
  ["cloudfront:GetDistribution", AFTER_DISTRIBUTION],
  ["cloudfront:GetCachePolicy", ["aws-cache"]],
  ["cloudfront:GetOriginRequestPolicy", ["aws-origin-requests"]],
  ["cloudfront:GetResponseHeadersPolicy", ["aws-response-headers"]],
  ["lambda:GetFunctionConfiguration", ["aws-functions", "aws-role-trust", ...OF_RIGHTS, ...OF_BUCKETS]],
  ["lambda:GetAccountSettings", ["aws-concurrency"]],
  ["iam:GetRole", ["aws-role-trust"]],
  ["iam:ListRolePolicies", [...OF_RIGHTS, ...OF_BUCKETS]],
  ["iam:GetRolePolicy", [...OF_RIGHTS, ...OF_BUCKETS]],
  ["iam:ListAttachedRolePolicies", [...OF_RIGHTS, ...OF_BUCKETS]],
  ["iam:GetPolicy", ["aws-role-rights", "aws-logs", ...OF_SETTINGS]],
  ["iam:GetPolicyVersion", ["aws-role-rights", "aws-logs", ...OF_SETTINGS]],
  ["s3:GetBucketLocation", ["aws-regions"]],
  ["s3:GetEncryptionConfiguration", ["aws-encryption"]],
  ["s3:GetLifecycleConfiguration", ["aws-lifecycle"]],
  ["s3:GetBucketCORS", ["aws-cors"]],
  ["s3:GetBucketPublicAccessBlock", ["aws-public-access"]],
  ["s3:GetBucketPolicyStatus", ["aws-public-access"]],
  ["s3:GetBucketObjectLockConfiguration", ["aws-object-lock"]],
];

test.each(needed)("without %s, the checks that need it are skipped and name it", async (action, names) => {
  const { codes, skipped } = await runAwsChecks(everything(), { deny: [action] });
  expect(codes).toEqual([]);
  expect(Object.keys(skipped).toSorted()).toEqual([...names].toSorted());
  for (const reason of Object.values(skipped)) expect(reason).toBe(`these credentials lack ${action}`);
});

test("without s3:GetBucketVersioning, the check that needs it is skipped where versions are needed", async () => {
  const model = healthyDeployment();
  const Resource = `arn:aws:s3:::${NAMES.uploads}`;
  const retries = { Effect: "Allow", Action: ["s3:ListBucketVersions", "s3:GetBucketVersioning"], Resource };
  model.roles[NAMES.verifyRole]!.inline["retries"] = [retries];
  const { codes, skipped } = await runAwsChecks(model, { deny: ["s3:GetBucketVersioning"] });
  expect([codes, skipped]).toEqual([[], { "aws-versions": "these credentials lack s3:GetBucketVersioning" }]);
});

test("asks for nothing that the table of rights does not name", async () => {
  const { calls } = await runAwsChecks(everything());
  const asked = new Set(calls.map(([action]) => action));
  expect([...asked].toSorted()).toEqual([...needed.map(([action]) => action), "s3:GetBucketVersioning"].toSorted());
});

test("asks for each thing once", async () => {
  const { calls } = await runAwsChecks(inUsEast1(healthyDeployment()));
  const perPolicy = new Set(["cloudfront:GetCachePolicy", "cloudfront:GetOriginRequestPolicy"]); // two behaviours name them
  const asked = calls.filter(([action]) => !perPolicy.has(action)).map((call) => call.join(" "));
  expect(asked).toHaveLength(new Set(asked).size);
});

test("finds the distribution by CloudFront's name, by its own domain, and by a wildcard; the exact one first", async () => {
  const model = healthyDeployment();
  model.distribution.Aliases = { Quantity: 2, Items: ["up.example", "*.up.example"] };
  for (const host of [model.domainName, "up.example", "eu.up.example"])
    expect((await runAwsChecks(model, { endpoint: `https://${host}/url` })).skipped).toEqual({});
});

test("a distribution that is not found is named as the reason, unless its id is given", async () => {
  const endpoint = "https://other.example/url";
  const { skipped } = await runAwsChecks(healthyDeployment(), { endpoint });
  expect(Object.keys(skipped)).toEqual(AFTER_DISTRIBUTION);
  expect(new Set(Object.values(skipped))).toEqual(
    new Set(["no distribution of this account answers for other.example: name it with --distribution"]),
  );
  const named = await runAwsChecks(healthyDeployment(), { endpoint, distributionId: "E1A2B3C4D5E6F7" });
  expect([named.codes, named.skipped]).toEqual([[], {}]);
  expect(named.calls.map(([action]) => action)).not.toContain("cloudfront:ListDistributions");
});

test("an id that does not exist is told by CloudFront's code", async () => {
  const { skipped } = await runAwsChecks(healthyDeployment(), { distributionId: "E0" });
  expect(skipped["aws-origin"]).toBe("cloudfront:GetDistribution failed: NoSuchDistribution 404");
});

test("the path of the endpoint chooses the behaviour that issues URLs, as CloudFront does", async () => {
  const model = healthyDeployment();
  const [urls] = model.distribution.CacheBehaviors!.Items!;
  urls!.PathPattern = "api/*/ur?";
  const endpoint = `https://${model.domainName}/api/v1/url`;
  expect((await runAwsChecks(model, { endpoint })).codes).toEqual([]);
  expect((await runAwsChecks(model)).codes).toEqual(["not-an-issue-endpoint"]);
});

test("a role that may write anywhere does not tell where the index is", async () => {
  const model = healthyDeployment();
  model.roles[NAMES.verifyRole]!.inline = { admin: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const { codes, skipped } = await runAwsChecks(model);
  expect(codes).toEqual([]);
  expect(skipped["aws-lifecycle"]).toBe("the policies of the verify role do not name one folder of the index");
});

test("without credentials nothing is read", async () => {
  await startAws(healthyDeployment());
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  const side = await openAwsSide({ endpoint: new URL("https://d111111abcdef8.cloudfront.net/url") });
  await expect(side.readChecks()).rejects.toThrow("no AWS credentials");
  side.close();
});

function inUsEast1(model: AwsModel): AwsModel {
  for (const bucket of Object.values(model.buckets)) bucket.region = "us-east-1";
  return model;
}
