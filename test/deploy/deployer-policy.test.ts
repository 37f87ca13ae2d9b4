import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { beforeAll, expect, test } from "vitest";

import { type AccessRequest, allows, type Policy } from "./policy-evaluator.ts";
import { ACCOUNT } from "./stand-ins/aws-provider.ts";

const guide = resolve(import.meta.dirname, "..", "..", "docs", "deploy.md");
let policy: Policy;

beforeAll(async () => {
  const [, json = ""] =
    /^<!-- The test of this policy .*?^```json\n(.*?)^```$/ms.exec(await readFile(guide, "utf8")) ?? [];
  policy = JSON.parse(json) as Policy;
});

function may(action: string, resource: string, context: AccessRequest["context"] = {}): boolean {
  return allows([policy], { action, resource, context });
}

const bucket = "arn:aws:s3:::uploads-0a1b2c3";
const role = `arn:aws:iam::${ACCOUNT}:role/UploadsIssueRole-0a1b2c3`;
const lambda = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:UploadsVerify-0a1b2c3`;
const distribution = `arn:aws:cloudfront::${ACCOUNT}:distribution/E1A2B3C4D5E6F7`;
const originRequestPolicy = `arn:aws:cloudfront::${ACCOUNT}:origin-request-policy/0a1b2c3d`;

const needed: [action: string, resource: string, context?: AccessRequest["context"]][] = [
  ["s3:CreateBucket", bucket],
  ["s3:CreateBucket", "arn:aws:s3:::uploadsindex-0a1b2c3"],
  ["s3:PutBucketPublicAccessBlock", bucket],
  ["s3:PutBucketOwnershipControls", bucket],
  ["s3:PutBucketVersioning", bucket],
  ["s3:PutBucketPolicy", bucket],
  ["s3:PutBucketCORS", bucket],
  ["s3:PutEncryptionConfiguration", bucket],
  ["s3:PutLifecycleConfiguration", bucket],
  ["s3:DeleteObjectVersion", `${bucket}/uploads/x`],
  ["s3:DeleteBucket", bucket],
  ["iam:CreateRole", role],
  ["iam:PutRolePolicy", role],
  ["iam:PassRole", role, { "iam:PassedToService": "lambda.amazonaws.com" }],
  [
    "iam:CreateServiceLinkedRole",
    `arn:aws:iam::${ACCOUNT}:role/aws-service-role/replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator`,
  ],
  ["lambda:CreateFunction", lambda],
  ["lambda:PublishVersion", lambda],
  ["lambda:EnableReplication", `${lambda}:1`],
  ["lambda:DisableReplication", `${lambda}:1`],
  ["lambda:GetFunction", `${lambda}:1`],
  ["lambda:DeleteFunction", lambda],
  ["cloudfront:CreateDistribution", distribution],
  ["cloudfront:DeleteDistribution", distribution],
  ["cloudfront:CreateOriginRequestPolicy", originRequestPolicy],
  ["cloudfront:DeleteOriginRequestPolicy", originRequestPolicy],
  ["ssm:GetParameter", `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/sst/bootstrap`],
  ["ssm:PutParameter", `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/sst/passphrase/presign-once/me`],
  ["s3:PutObject", "arn:aws:s3:::sst-state-abc/app/presign-once/me.json"],
  ["sts:GetCallerIdentity", "*"],
];

test.each(needed)("the policy of docs/deploy.md allows %s on %s", (action, resource, context) => {
  expect(may(action, resource, context)).toBe(true);
});

const refused: [action: string, resource: string, context?: AccessRequest["context"]][] = [
  ["s3:GetObject", `${bucket}/uploads/x`],
  ["s3:DeleteBucket", "arn:aws:s3:::somebody-elses"],
  ["iam:CreateRole", `arn:aws:iam::${ACCOUNT}:role/Admin`],
  ["iam:PassRole", role, { "iam:PassedToService": "ec2.amazonaws.com" }],
  ["iam:AttachRolePolicy", role],
  ["lambda:DeleteFunction", `arn:aws:lambda:us-east-1:${ACCOUNT}:function:Other`],
];

test.each(refused)("the policy of docs/deploy.md does not allow %s on %s", (action, resource, context) => {
  expect(may(action, resource, context)).toBe(false);
});

test("the policy of docs/deploy.md fits into one managed policy", () => {
  expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6_144);
});
