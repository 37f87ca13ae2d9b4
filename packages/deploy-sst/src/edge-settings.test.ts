import { resolve } from "node:path";

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";

import { prepareSettings } from "./edge-settings.ts";
import { requireEdgeKey } from "./issuer-settings.ts";
import { isKnown } from "./providers.ts";
import { runBundler } from "./run-bundler.ts";
import type { AuthorizerSettings, SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

const known = {
  region: "eu-west-1",
  uploadsBucket: "the-uploads",
  indexBucket: "the-index",
  encryptionKeyArn: undefined,
  authorizer: "none",
  secrets: [Buffer.alloc(32).toString("base64url")],
};
let checkFile: string;
beforeAll(() => {
  checkFile = runBundler(resolve(import.meta.dirname, ".."), "EdgeSettings").configCheckFile;
}, 30_000);

function prepare(args: Partial<SingleUseUploadsArgs> = {}) {
  return prepareSettings(
    (value): value is AuthorizerSettings => isKnown({ aws, pulumi }, value),
    "Uploads",
    { authorizer: "none", ...args },
    checkFile,
  );
}

test("leaves values that only a deployment knows for later", () => {
  expect(() => prepare({ authorizer: pulumi.output("no authorizer") })).not.toThrow();
  expect(() => prepare({ authorizer: Promise.resolve("no authorizer") })).not.toThrow();
  const digest = pulumi.output("0".repeat(64)) as unknown as string;
  expect(() => prepare({ authorizer: { type: "bearer", tokens: [{ name: "app", sha256: digest }] } })).not.toThrow();
});

const wrong: [string, object, RegExp][] = [
  [
    "a secret that is no JSON",
    { authorizer: "hunter2" },
    /^singleUseUploads Uploads: authorizer: expected none, or JSON$/,
  ],
  ["a secret that is no authorizer", { authorizer: '{"type":"basic"}' }, /: authorizer/],
  [
    "a key set without keys",
    { authorizer: '{"type":"jwt","jwks":{"keys":[]},"issuer":"i","audience":"a"}' },
    /: authorizer\.jwks\.keys: /,
  ],
  ["a short edge key", { secrets: ["c2hvcnQ"] }, /: edgeKeys\.0\.secret: expected 32 random bytes/],
  ["an invalid bucket name", { uploadsBucket: "NO" }, /: uploads\.bucket: expected the name of a bucket/],
];

test.each(wrong)("refuses %s before the functions are made, without its value", (_what, later, said) => {
  const write = prepare({ authorizer: pulumi.output("later") });
  expect(() => write({ ...known, ...later })).toThrow(said);
  expect(() => write({ ...known, ...later })).toThrow(
    expect.not.objectContaining({ message: expect.stringMatching(/hunter2|c2hvcnQ/) }),
  );
});

test("accepts an authorizer as JSON in a secret", () => {
  const authorizer = { type: "bearer", tokens: [{ name: "app", sha256: "0a".repeat(32) }] };
  const { issue } = prepare()({ ...known, authorizer: JSON.stringify(authorizer) });
  expect(JSON.parse(issue)).toMatchObject({ authorizer, region: "eu-west-1", index: { bucket: "the-index" } });
});

test("writes how uploads are encrypted and tagged, and names the arguments that are wrong", () => {
  const keyArn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const args = { encryption: { type: "aws:kms", keyArn: pulumi.output(keyArn) }, tags: { scan: "pending" } } as const;
  const { verify } = prepare(args)({ ...known, encryptionKeyArn: keyArn });
  const encryption = { type: "aws:kms", keyArn };
  expect(JSON.parse(verify)).toMatchObject({ uploads: { encryption, tags: { scan: "pending" } } });
  expect(() => prepare({ encryption: { type: "aws:kms" } })).toThrow(/: encryption\.keyArn: expected the ARN of a key/);
  expect(() => prepare({ encryption: { type: "AES256", keyArn } })).toThrow(/: encryption\.keyArn: expected/);
  expect(() => prepare({ tags: { "aws:a": "b" } })).toThrow(/Uploads: tags: expected names of/);
});

test("names the keys that there are, where an issuer is to have another", () => {
  const edgeKeys = ["key-1", { id: "tenant-7", allows: { uploads: ["tenant-7/"] } }];
  expect(() => requireEdgeKey("Uploads", { authorizer: "none", edgeKeys }, "tenant-7")).not.toThrow();
  expect(() => requireEdgeKey("Uploads", { authorizer: "none", edgeKeys }, "tenant-8")).toThrow(
    /^singleUseUploads Uploads: issuerSettingsOf: expected one of key-1, tenant-7$/,
  );
});

test("refuses folders that an edge key cannot be restricted to, by the argument's name", () => {
  const allows = { uploads: ["tenant-7"] };
  expect(() => prepare({ edgeKeys: ["a", { id: "b", allows }] })).toThrow(
    /: edgeKeys\.1\.allows\.uploads\.0: expected/,
  );
  expect(() => prepare({ edgeKeys: [{ id: "a", allows: {} }] })).toThrow(/: edgeKeys\.0\.allows: expected none/);
});

test("gives verify nothing of the authorizer", () => {
  const k = Buffer.alloc(32, "k").toString("base64url");
  const authorizer = { type: "jwt", issuer: "i", audience: "a", jwks: { keys: [{ kty: "oct", k }] } };
  const { issue, verify } = prepare()({ ...known, authorizer: JSON.stringify(authorizer) });
  const { authorizer: ofIssue, ...others } = JSON.parse(issue) as { authorizer: unknown };
  expect(ofIssue).toEqual(authorizer);
  expect(JSON.parse(verify)).toEqual(others);
});

test("requires a custom function for a custom authorizer", () => {
  const custom = JSON.stringify({ type: "custom" });
  expect(() => prepare()({ ...known, authorizer: custom })).toThrow(/issueFunction: expected a module of your own/);
  expect(() => prepare({ issueFunction: "mine.ts" })({ ...known, authorizer: custom })).not.toThrow();
});
