import { expect, test } from "vitest";

import { ACCOUNT, type AwsModel, healthyDeployment, NAMES } from "../../../test/aws/aws-model.ts";
import { runAwsChecks } from "../../../test/aws/run-aws-checks.ts";
import type { DiagnosisCode } from "../diagnoses.ts";
import { awsCheckNames } from "./aws-checks.ts";
import { AWS_ROWS } from "./diagnoses.ts";

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/0a1b2c3d`;

test("nothing is found in a deployment in which nothing is wrong, and nothing is skipped", async () => {
  const { results, codes, skipped } = await runAwsChecks(healthyDeployment());
  expect([codes, skipped]).toEqual([[], {}]);
  expect([...results.keys()]).toEqual(awsCheckNames);
});

/** The parts of a model that are changed most. */
const uploads = (model: AwsModel) => model.distribution.DefaultCacheBehavior;
const urls = (model: AwsModel) => model.distribution.CacheBehaviors!.Items![0]!;
const origin = (model: AwsModel) => model.distribution.Origins!.Items![0]!;
const originRequests = (model: AwsModel) => Object.values(model.originRequestPolicies)[0]!;
const verifyFunction = (model: AwsModel) => model.functions[NAMES.verify]!;
const verifyRights = (model: AwsModel) => model.roles[NAMES.verifyRole]!.inline["policy"]!;
const uploadsBucket = (model: AwsModel) => model.buckets[NAMES.uploads]!;
const indexBucket = (model: AwsModel) => model.buckets[NAMES.index]!;

/** Settings of uploads, as `--config` has them. */
const storing = (how: object) => ({ uploads: { bucket: NAMES.uploads, ...how } });
const ENCRYPTED = storing({ encryption: { type: "aws:kms", keyArn: KEY } });
const TAGGED = storing({ tags: { scan: "pending" } });

/** Lets a role do something in the folder of uploads, or with the key. */
function allow(model: AwsModel, role: "issueRole" | "verifyRole", ...actions: string[]): void {
  for (const Action of actions) {
    const Resource = Action.startsWith("kms:") ? KEY : `arn:aws:s3:::${NAMES.uploads}/uploads/*`;
    model.roles[NAMES[role]]!.inline[Action] = [{ Effect: "Allow", Action, Resource }];
  }
}

/** One thing that is wrong, and the one diagnosis of it. */
const mistakes: [what: string, code: DiagnosisCode, change: (model: AwsModel) => unknown, settings?: object][] = [
  ["a disabled distribution", "distribution-disabled", (m) => (m.distribution.Enabled = false)],
  ["a distribution that is being deployed", "distribution-deploying", (m) => (m.status = "InProgress")],
  [
    "the bucket's website as the origin",
    "origin-not-s3",
    (m) => (origin(m).DomainName = `${NAMES.uploads}.s3-website-eu-west-1.amazonaws.com`),
  ],
  [
    "a custom origin",
    "origin-not-s3",
    (m) => (origin(m).CustomOriginConfig = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: "https-only" }),
  ],
  ["a group of origins", "origin-not-s3", (m) => (uploads(m).TargetOriginId = "group")],
  [
    "the bucket's global host name",
    "origin-not-regional",
    (m) => (origin(m).DomainName = `${NAMES.uploads}.s3.amazonaws.com`),
  ],
  ["an OAC", "oac-attached", (m) => (origin(m).OriginAccessControlId = "E0A1B2C3")],
  [
    "an OAI",
    "oac-attached",
    (m) => (origin(m).S3OriginConfig!.OriginAccessIdentity = "origin-access-identity/cloudfront/E0A1B2C3"),
  ],
  ["no function at uploads", "verify-not-attached", (m) => (uploads(m).LambdaFunctionAssociations = { Quantity: 0 })],
  ["no function at URLs", "not-an-issue-endpoint", (m) => (urls(m).LambdaFunctionAssociations = { Quantity: 0 })],
  [
    "one function at both",
    "not-an-issue-endpoint",
    (m) => (uploads(m).LambdaFunctionAssociations = urls(m).LambdaFunctionAssociations),
  ],
  [
    "an alias of the function",
    "function-unversioned",
    (m) => {
      const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${NAMES.verify}:live`;
      uploads(m).LambdaFunctionAssociations!.Items![0]!.LambdaFunctionARN = arn;
    },
  ],
  [
    "the body in the event",
    "body-included",
    (m) => (uploads(m).LambdaFunctionAssociations!.Items![0]!.IncludeBody = true),
  ],
  [
    "a second function at origin requests",
    "other-function",
    (m) =>
      uploads(m).LambdaFunctionAssociations!.Items!.push({
        LambdaFunctionARN: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:Sign:7`,
        EventType: "origin-request",
      }),
  ],
  [
    "a CloudFront Function",
    "other-function",
    (m) =>
      (uploads(m).FunctionAssociations = {
        Quantity: 1,
        Items: [{ FunctionARN: `arn:aws:cloudfront::${ACCOUNT}:function/f`, EventType: "viewer-response" }],
      }),
  ],
  [
    "uploads without PUT",
    "method-not-forwarded",
    (m) => (uploads(m).AllowedMethods = { Quantity: 2, Items: ["GET", "HEAD"] }),
  ],
  ["http", "http-allowed", (m) => (uploads(m).ViewerProtocolPolicy = "allow-all")],
  ["a redirect to https", "http-allowed", (m) => (urls(m).ViewerProtocolPolicy = "redirect-to-https")],
  [
    "key groups",
    "viewers-restricted",
    (m) => (uploads(m).TrustedKeyGroups = { Enabled: true, Quantity: 1, Items: ["g"] }),
  ],
  ["trusted signers", "viewers-restricted", (m) => (uploads(m).TrustedSigners!.Enabled = true)],
  ["a cache", "caching-enabled", (m) => (Object.values(m.cachePolicies)[0]!.DefaultTTL = 86_400)],
  ["settings of before cache policies", "caching-enabled", (m) => delete uploads(m).CachePolicyId],
  ["AllViewer", "host-forwarded", (m) => (originRequests(m).HeadersConfig = { HeaderBehavior: "allViewer" })],
  [
    "a list of headers with Host",
    "host-forwarded",
    (m) =>
      (originRequests(m).HeadersConfig = { HeaderBehavior: "whitelist", Headers: { Quantity: 1, Items: ["host"] } }),
  ],
  ["no origin request policy", "headers-dropped", (m) => delete uploads(m).OriginRequestPolicyId],
  [
    "another header held back",
    "headers-dropped",
    (m) => originRequests(m).HeadersConfig!.Headers!.Items!.push("Content-Type"),
  ],
  ["no queries", "queries-dropped", (m) => (originRequests(m).QueryStringsConfig!.QueryStringBehavior = "none")],
  ["AllViewerExceptHostHeader", "cookies-forwarded", (m) => (originRequests(m).CookiesConfig!.CookieBehavior = "all")],
  [
    "CORS of CloudFront's own, without PUT",
    "cors-overridden",
    (m) => {
      uploads(m).ResponseHeadersPolicyId = "cors";
      m.responseHeadersPolicies["cors"] = {
        Name: "SimpleCORS",
        CorsConfig: {
          AccessControlAllowOrigins: undefined,
          AccessControlAllowHeaders: undefined,
          AccessControlAllowMethods: { Quantity: 1, Items: ["GET"] },
          AccessControlAllowCredentials: false,
          OriginOverride: true,
        },
      };
    },
  ],
  [
    "ETag removed",
    "cors-overridden",
    (m) => {
      uploads(m).ResponseHeadersPolicyId = "less";
      m.responseHeadersPolicies["less"] = {
        Name: "Less",
        RemoveHeadersConfig: { Quantity: 1, Items: [{ Header: "ETag" }] },
      };
    },
  ],
  ["a function that is not made yet", "function-not-active", (m) => (verifyFunction(m).State = "Pending")],
  ["another runtime", "function-runtime", (m) => (verifyFunction(m).Runtime = "python3.13")],
  ["an old runtime", "function-runtime", (m) => (verifyFunction(m).Runtime = "nodejs20.x")],
  ["another processor", "function-unfit", (m) => (verifyFunction(m).Architectures = ["arm64"])],
  ["environment variables", "function-unfit", (m) => (verifyFunction(m).Environment = { Variables: { STAGE: "x" } })],
  ["a VPC", "function-unfit", (m) => (verifyFunction(m).VpcConfig = { VpcId: "vpc-1" })],
  ["layers", "function-unfit", (m) => (verifyFunction(m).Layers = [{ Arn: "arn:aws:lambda:us-east-1:1:layer:l:1" }])],
  [
    "a dead letter queue",
    "function-unfit",
    (m) => (verifyFunction(m).DeadLetterConfig = { TargetArn: "arn:aws:sqs:x" }),
  ],
  ["X-Ray", "function-unfit", (m) => (verifyFunction(m).TracingConfig = { Mode: "Active" })],
  ["a key for the function", "function-unfit", (m) => (verifyFunction(m).KMSKeyArn = KEY)],
  ["more memory", "function-unfit", (m) => (verifyFunction(m).MemorySize = 256)],
  ["a longer timeout", "function-unfit", (m) => (verifyFunction(m).Timeout = 10)],
  [
    "a role for Lambda alone",
    "role-trust-missing",
    (m) => (m.roles[NAMES.issueRole]!.trust[0]!.Principal = { Service: "lambda.amazonaws.com" }),
  ],
  ["no right to sign", "role-right-missing", (m) => m.roles[NAMES.issueRole]!.inline["policy"]!.splice(0, 1)],
  ["no right to register", "role-right-missing", (m) => m.roles[NAMES.issueRole]!.inline["policy"]!.splice(1, 1)],
  ["no right to claim", "role-right-missing", (m) => verifyRights(m).splice(0, 1)],
  ["no right to read back", "role-right-missing", (m) => verifyRights(m).splice(1, 1)],
  ["no right to see what is missing", "role-right-missing", (m) => verifyRights(m).splice(2, 1)],
  [
    "a right denied",
    "role-right-missing",
    (m) => verifyRights(m).push({ Effect: "Deny", Action: "s3:Get*", Resource: "*" }),
  ],
  ["no right to log", "logs-right-missing", (m) => verifyRights(m).splice(3, 1)],
  ["ten functions at once", "concurrency-low", (m) => (m.concurrency = 10)],
  ["no bucket", "bucket-missing", (m) => delete m.buckets[NAMES.uploads]],
  ["the bucket in another region", "region-wrong", (m) => (uploadsBucket(m).region = "eu-west-2")],
  [
    "an opt-in region",
    "credentials-refused",
    (m) => {
      uploadsBucket(m).region = "eu-south-1";
      origin(m).DomainName = `${NAMES.uploads}.s3.eu-south-1.amazonaws.com`;
    },
  ],
  [
    "a key that the roles may not use",
    "kms-key-refused",
    (m) => (uploadsBucket(m).encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KEY }),
  ],
  [
    "a key of the index that the roles may not use",
    "kms-key-refused",
    (m) => (indexBucket(m).encryption = { SSEAlgorithm: "aws:kms:dsse", KMSMasterKeyID: "0a1b2c3d" }),
  ],
  [
    "a key that a verify role which stores uploads may not use",
    "kms-key-refused",
    (m) => {
      uploadsBucket(m).encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KEY };
      m.roles[NAMES.issueRole]!.inline["key"] = [{ Effect: "Allow", Action: "kms:GenerateDataKey", Resource: KEY }];
      const Resource = `arn:aws:s3:::${NAMES.uploads}/uploads/*`;
      m.roles[NAMES.verifyRole]!.inline["uploads"] = [{ Effect: "Allow", Action: "s3:PutObject", Resource }];
    },
  ],
  [
    "encryption that only the verify role may do, with URLs that are signed at issue",
    "encryption-key-refused",
    (m) => allow(m, "verifyRole", "kms:GenerateDataKey"),
    ENCRYPTED,
  ],
  [
    "encryption that only the issue role may do, with tickets",
    "encryption-key-refused",
    (m) => {
      allow(m, "issueRole", "kms:GenerateDataKey");
      allow(m, "verifyRole", "s3:PutObject");
    },
    { ...ENCRYPTED, signing: "at-use" },
  ],
  [
    "encryption with another key than the role may use",
    "encryption-key-refused",
    (m) => {
      allow(m, "issueRole", "kms:GenerateDataKey");
      m.roles[NAMES.issueRole]!.inline["kms:GenerateDataKey"]![0]!.Resource = `${KEY}9`;
    },
    ENCRYPTED,
  ],
  [
    "downloads that the verify role may not decrypt",
    "encryption-key-refused",
    (m) => {
      allow(m, "issueRole", "kms:GenerateDataKey", "kms:Decrypt");
      allow(m, "verifyRole", "s3:GetObject");
    },
    { ...ENCRYPTED, downloads: {} },
  ],
  [
    "tags that only the verify role may set, with URLs that are signed at issue",
    "tags-right-missing",
    (m) => allow(m, "verifyRole", "s3:PutObjectTagging"),
    TAGGED,
  ],
  [
    "tags that only the issue role may set, with tickets",
    "tags-right-missing",
    (m) => {
      allow(m, "issueRole", "s3:PutObjectTagging");
      allow(m, "verifyRole", "s3:PutObject");
    },
    { ...TAGGED, signing: "at-use" },
  ],
  ["tickets that the verify role may not sign", "role-right-missing", () => undefined, { signing: "at-use" }],
  ["downloads that the verify role may not sign", "role-right-missing", () => undefined, { downloads: {} }],
  ["a public policy", "bucket-public", (m) => (uploadsBucket(m).publicPolicy = true)],
  ["a block of public access off", "bucket-public", (m) => (indexBucket(m).publicAccessBlock!.BlockPublicAcls = false)],
  ["no block of public access", "bucket-public", (m) => delete uploadsBucket(m).publicAccessBlock],
  [
    "retries without versions",
    "uploads-unversioned",
    (m) => {
      uploadsBucket(m).versioning = "Suspended";
      const Resource = `arn:aws:s3:::${NAMES.uploads}`;
      verifyRights(m).push({ Effect: "Allow", Action: ["s3:ListBucketVersions", "s3:GetBucketVersioning"], Resource });
    },
  ],
  ["the strategy versioning without versions", "index-unversioned", (m) => useVersioning(m)],
  ["entries that expire early", "index-expires-early", (m) => (indexBucket(m).lifecycle![0]!.Expiration!.Days = 7)],
  [
    "entries that expire before a ticket does",
    "index-expires-early",
    (m) => {
      const Resource = `arn:aws:s3:::${NAMES.uploads}/uploads/*`;
      m.roles[NAMES.verifyRole]!.inline["uploads"] = [{ Effect: "Allow", Action: "s3:PutObject", Resource }];
      indexBucket(m).lifecycle![0]!.Expiration!.Days = 30;
    },
  ],
  [
    "a rule for the whole bucket",
    "index-expires-early",
    (m) => indexBucket(m).lifecycle!.push({ Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: 1 } }),
  ],
  [
    "CORS rules without PUT",
    "cors-without-put",
    (m) => (uploadsBucket(m).cors = [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }]),
  ],
  [
    "objects that are locked",
    "objects-locked",
    (m) =>
      (uploadsBucket(m).objectLock = {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
      }),
  ],
];

test.each(mistakes)("finds %s: %s, and nothing else", async (_, code, change, settings) => {
  const model = healthyDeployment();
  change(model);
  expect((await runAwsChecks(model, { settings })).codes).toEqual([code]);
});

test("every diagnosis is met", () => {
  const met = new Set<string>(mistakes.map(([, code]) => code));
  expect(Object.keys(AWS_ROWS).filter((code) => !met.has(code))).toEqual([]);
});

/** Other deployments in which nothing is wrong. */
const healthy: [what: string, change: (model: AwsModel) => unknown, settings?: object][] = [
  [
    "rights by a managed policy with wildcards",
    (m) => {
      const role = m.roles[NAMES.verifyRole]!;
      role.managed[`arn:aws:iam::${ACCOUNT}:policy/Claim`] = role.inline["policy"]!;
      role.inline = {};
    },
  ],
  [
    "the strategy versioning, with versions",
    (m) => {
      useVersioning(m);
      indexBucket(m).versioning = "Enabled";
    },
  ],
  [
    "a key that the roles may use",
    (m) => {
      uploadsBucket(m).encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KEY };
      indexBucket(m).encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KEY };
      const write = { Effect: "Allow", Action: "kms:GenerateDataKey*", Resource: KEY };
      m.roles[NAMES.issueRole]!.inline["key"] = [write];
      m.roles[NAMES.verifyRole]!.inline["key"] = [write, { Effect: "Allow", Action: "kms:Decrypt", Resource: KEY }];
    },
  ],
  [
    "tickets: a verify role that may store uploads",
    (m) =>
      verifyRights(m).unshift({
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${NAMES.uploads}/uploads/*`,
      }),
  ],
  [
    "encryption and tags by the issue role alone, with URLs that are signed at issue",
    (m) => allow(m, "issueRole", "kms:GenerateDataKey", "s3:PutObjectTagging"),
    storing({ ...ENCRYPTED.uploads, ...TAGGED.uploads }),
  ],
  [
    "encryption and tags by the verify role alone, with tickets, and downloads",
    (m) => {
      allow(m, "verifyRole", "kms:GenerateDataKey", "s3:PutObjectTagging", "s3:PutObject");
      allow(m, "verifyRole", "kms:Decrypt", "s3:GetObject");
    },
    { ...storing({ ...ENCRYPTED.uploads, ...TAGGED.uploads }), signing: "at-use", downloads: {} },
  ],
  [
    "a key of the bucket that the roles may not use, where uploads name S3's own keys",
    (m) => (uploadsBucket(m).encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KEY }),
    storing({ encryption: { type: "AES256" } }),
  ],
  ["S3's own KMS key", (m) => (uploadsBucket(m).encryption = { SSEAlgorithm: "aws:kms" })],
  [
    "one bucket",
    (m) => {
      const index = `arn:aws:s3:::${NAMES.index}`;
      const shared = JSON.stringify(m.roles).replaceAll(index, `arn:aws:s3:::${NAMES.uploads}`);
      m.roles = JSON.parse(shared) as AwsModel["roles"];
      delete m.buckets[NAMES.index];
    },
  ],
  [
    "CORS rules with PUT",
    (m) => (uploadsBucket(m).cors = [{ AllowedMethods: ["PUT"], AllowedOrigins: ["https://app.example"] }]),
  ],
  [
    "a rule that is off, and one for other objects",
    (m) =>
      indexBucket(m).lifecycle!.push(
        { Status: "Disabled", Filter: { Prefix: "" }, Expiration: { Days: 1 } },
        { Status: "Enabled", Filter: { Prefix: "elsewhere/" }, Expiration: { Days: 1 } },
      ),
  ],
  ["Object Lock without a default", (m) => (uploadsBucket(m).objectLock = { ObjectLockEnabled: "Enabled" })],
  [
    "headers for security",
    (m) => {
      uploads(m).ResponseHeadersPolicyId = "headers";
      m.responseHeadersPolicies["headers"] = { Name: "SecurityHeaders" };
    },
  ],
  [
    "the oldest region",
    (m) => {
      uploadsBucket(m).region = "us-east-1";
      origin(m).DomainName = `${NAMES.uploads}.s3.us-east-1.amazonaws.com`;
    },
  ],
];

test.each(healthy)("finds nothing wrong in %s", async (_, change, settings) => {
  const model = healthyDeployment();
  change(model);
  const { codes, skipped } = await runAwsChecks(model, { settings });
  expect([codes, skipped]).toEqual([[], {}]);
});

test("says that AWS WAF is attached, since it may block uploads", async () => {
  const model = healthyDeployment();
  model.distribution.WebACLId = `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/w/1`;
  const { results } = await runAwsChecks(model);
  expect(results.get("aws-distribution")).toMatchObject({
    status: "passed",
    note: expect.stringContaining("AWS WAF is attached"),
  });
});

test("a key that is named by an alias is not judged", async () => {
  const model = healthyDeployment();
  uploadsBucket(model).encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/mine" };
  const { codes, skipped } = await runAwsChecks(model);
  expect([codes, Object.keys(skipped)]).toEqual([[], ["aws-encryption"]]);
});

test.each([
  ["no settings are given", null, "--config FILE says how uploads are stored"],
  [
    "the settings are those of another deployment",
    { uploads: { bucket: "theirs", tags: { scan: "pending" } } },
    "--config names another bucket than uploads go to",
  ],
])("what needs the settings is skipped where %s", async (_what, settings, reason) => {
  const { codes, skipped } = await runAwsChecks(healthyDeployment(), { settings });
  const names = ["aws-upload-rights", "aws-upload-encryption", "aws-upload-tags"];
  expect([codes, skipped]).toEqual([[], Object.fromEntries(names.map((name) => [name, reason]))]);
});

function useVersioning(model: AwsModel): void {
  const arn = `arn:aws:s3:::${NAMES.index}`;
  const folder = (name: string) => `${arn}/signatures/${name}/*`;
  model.roles[NAMES.issueRole]!.inline["policy"]![1]!.Resource = folder("valid");
  model.roles[NAMES.issueRole]!.inline["more"] = [{ Effect: "Allow", Action: "s3:GetBucketVersioning", Resource: arn }];
  verifyRights(model)[0]!.Resource = folder("expired");
  model.roles[NAMES.verifyRole]!.inline["more"] = [
    { Effect: "Allow", Action: "s3:GetObjectVersion", Resource: folder("expired") },
    { Effect: "Allow", Action: ["s3:ListBucketVersions", "s3:GetBucketVersioning"], Resource: arn },
  ];
}
