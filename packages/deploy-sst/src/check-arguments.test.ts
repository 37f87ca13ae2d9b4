import { expect, test } from "vitest";

import { checkArguments } from "./check-arguments.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

/** Something that Pulumi will know later: none of this file's business. */
const later = Promise.resolve("later");

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const MULTI_REGION_KEY = "arn:aws:kms:eu-west-1:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab";

const good: [string, object][] = [
  ["nothing but an authorizer", {}],
  [
    "everything",
    {
      bucket: "a-bucket",
      index: { place: "uploads-bucket", strategy: "versioning" },
      cors: { origins: [] },
      issuePath: "/api/url",
      edgeKeys: ["a"],
      domain: { names: ["up.example", "*.up.example"], certificateArn: later },
      webAclArn: later,
      originRequestPolicyId: later,
      priceClass: "PriceClass_200",
      accessLogs: { bucketArn: "arn:aws:s3:::logs", folder: "a/b" },
      alarms: { topicArns: [later], errorPercent: 0.5 },
      runtime: "nodejs22.x",
      removal: "retain-all",
      retainEdgeFunctions: true,
      root: ".",
    },
  ],
  ["KMS keys", { bucket: "a-bucket", kmsKeyArn: KEY, index: { place: "own-bucket", kmsKeyArn: MULTI_REGION_KEY } }],
  ["encryption and tags", { encryption: { type: "aws:kms", keyArn: later }, tags: { a: "b" } }],
  ["a KMS key of both", { kmsKeyArn: later, index: { place: "uploads-bucket" } }],
  ["downloads for everybody", { downloads: { access: "public" } }],
  ["downloads for some", { downloads: { path: "/get", access: { keyGroups: [later] } } }],
  ["what Pulumi knows later", { bucket: later, authorizer: later }],
  ["what is left out by hand", { bucket: undefined, downloads: undefined, alarms: undefined }],
];

test.each(good)("accepts %s", (_what, args) => {
  expect(() => checkArguments("Uploads", { authorizer: "none", ...args } as SingleUseUploadsArgs)).not.toThrow();
});

const wrong: [string, object][] = [
  ["authorizer", { authorizer: undefined }],
  ["issueFunction", { issueFunction: "no-such-file.ts" }],
  ["issueFunction", { issueFunction: "src" }],
  ["issueFunction", { issueFunction: "" }],
  ["issueFunction", { issueFunction: 1 }],
  ["issueFunction", { issueFunction: null }],
  ["bucket", { bucket: "with.dots" }],
  ["bucket", { bucket: "UPPER" }],
  ["bucket", { bucket: 1 }],
  ["kmsKeyArn", { kmsKeyArn: "1234abcd-12ab-34cd-56ef-1234567890ab" }],
  ["kmsKeyArn", { kmsKeyArn: "alias/uploads" }],
  ["kmsKeyArn", { kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:alias/uploads" }],
  ["kmsKeyArn", { kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/*" }],
  ["kmsKeyArn", { kmsKeyArn: "arn:aws:kms:*:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }],
  ["kmsKeyArn", { kmsKeyArn: "arn:aws:s3:::a-bucket" }],
  ["kmsKeyArn", { kmsKeyArn: `${KEY}\n` }],
  ["kmsKeyArn", { kmsKeyArn: "" }],
  ["kmsKeyArn", { kmsKeyArn: null }],
  ["encryption", { encryption: "aws:kms" }],
  ["encryption.keyArn", { encryption: { type: "aws:kms", keyArn: "alias/uploads" } }],
  ["encryption.key", { encryption: { type: "aws:kms", key: KEY } }],
  ["index.kmsKeyArn", { index: { kmsKeyArn: "alias/index" } }],
  ["index.kmsKeyArn", { kmsKeyArn: KEY, index: { place: "uploads-bucket", kmsKeyArn: KEY } }],
  ["index", { index: "own-bucket" }],
  ["index.place", { index: { place: "elsewhere" } }],
  ["index.strategy", { index: { strategy: "unconditional" } }],
  ["index.prefix", { index: { prefix: "x/" } }],
  ["cors", { cors: ["https://app.example"] }],
  ["issuePath", { issuePath: "url" }],
  ["issuePath", { issuePath: "/url*" }],
  ["issuePath", { issuePath: "/uploads" }],
  ["issuePath", { issuePath: "/u/url" }],
  ["issuePath", { issuePath: "/uploads/url" }],
  ["issuePath", { issuePath: "/files/url", downloads: { access: "public" } }],
  ["issuePath", { issuePath: "/get", downloads: { path: "/get", access: "public" } }],
  ["issuePath", { issuePath: "/u" }],
  ["issuePath", { issuePath: "/d/url" }],
  ["edgeKeys", { edgeKeys: "key" }],
  ["domain.names", { domain: { names: [], certificateArn: later } }],
  ["domain.names", { domain: { names: ["https://up.example"], certificateArn: later } }],
  ["domain.names", { domain: { names: ["*.up.example"], certificateArn: later } }],
  ["domain.certificateArn", { domain: { names: ["up.example"] } }],
  [
    "domain.certificateArn",
    { domain: { names: ["up.example"], certificateArn: "arn:aws:acm:eu-west-1:1:certificate/x" } },
  ],
  ["originRequestPolicyId", { originRequestPolicyId: "AllViewerExceptHostHeader" }],
  ["webAclArn", { webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/x/1" }],
  ["priceClass", { priceClass: "all" }],
  ["accessLogs.bucketArn", { accessLogs: { bucketArn: "logs" } }],
  ["accessLogs.folder", { accessLogs: { bucketArn: later, folder: "/logs/" } }],
  ["downloads", { bucket: "theirs", downloads: { access: "public" } }],
  ["downloads.access", { downloads: {} }],
  ["downloads.access", { downloads: { access: "private" } }],
  ["downloads.access", { downloads: { access: { keyGroups: [] } } }],
  ["downloads.path", { downloads: { path: "/uploads", access: "public" } }],
  ["downloads.path", { downloads: { path: "/u", access: "public" } }],
  ["downloads.path", { downloads: { path: "files/", access: "public" } }],
  ["oneTimeDownloads", { oneTimeDownloads: {}, downloads: { access: "public" } }],
  ["oneTimeDownloads.lease", { oneTimeDownloads: { lease: 1 } }],
  ["alarms.topicArns", { alarms: {} }],
  ["alarms.topicArns", { alarms: { topicArns: ["arn:aws:sns:eu-west-1:111122223333:oncall"] } }],
  ["alarms.errorPercent", { alarms: { topicArns: [], errorPercent: 0 } }],
  ["runtime", { runtime: "nodejs20.x" }],
  ["removal", { removal: "keep" }],
  ["retainEdgeFunctions", { retainEdgeFunctions: "yes" }],
  ["root", { root: "no-such-folder" }],
  ["root", { root: null }],
  ...["index", "cors", "retries", "domain", "accessLogs", "downloads", "oneTimeDownloads", "alarms"].flatMap((name) =>
    [null, 1, "x", []].map((value): [string, object] => [name, { [name]: value }]),
  ),
  ["issuePath", { issuePath: null, downloads: { access: "public" } }],
  ["bukket", { bukket: "a-bucket" }],
  ["toString", { toString: 1 }],
];

test.each(wrong)("names a wrong %s: %j", (argument, args) => {
  expect(() => checkArguments("Uploads", { authorizer: "none", ...args } as SingleUseUploadsArgs)).toThrow(
    expect.objectContaining({
      code: "ARGUMENT_INVALID",
      message: expect.stringMatching(
        new RegExp(`^singleUseUploads Uploads: ${argument.replaceAll(".", "\\.")}: expected [^;]*$`),
      ),
    }),
  );
});

test.each(["", "1st", "with-dash", "x".repeat(32)])("refuses %j as the name of a stack", (name) => {
  expect(() => checkArguments(name, { authorizer: "none" })).toThrow(/name: expected a letter/);
});

test("names all wrong arguments at once", () => {
  const args = { authorizer: "none", runtime: "deno", removal: 1 } as unknown as SingleUseUploadsArgs;
  expect(() => checkArguments("Uploads", args)).toThrow(/runtime: .*; removal: /);
});
