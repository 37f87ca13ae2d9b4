import { resolve } from "node:path";

import { App, Stack } from "aws-cdk-lib";
import { beforeAll, describe, expect, test, vi } from "vitest";

import { runBundler } from "../../deploy-sst/src/run-bundler.ts";
import { properties } from "../../deploy-sst/test/properties/properties.ts";
import { settingsOf } from "../../deploy-sst/test/properties/read-stack.ts";
import { type RecordedStack, secretOf } from "../../deploy-sst/test/record-stack.ts";
import { type Variant, variants } from "../../deploy-sst/test/variants.ts";
import { SingleUseUploads } from "../src/single-use-uploads.ts";
import { propsOf, recordTemplate, synthesize } from "./record-template.ts";

vi.mock(import("../../deploy-sst/src/run-bundler.ts"), async (importOriginal) => {
  const { bundleOnce } = await import("../../deploy-sst/test/bundle-once.ts");
  return bundleOnce(await importOriginal());
});

const stacks = new Map<Variant, RecordedStack>();
beforeAll(() => {
  const { issueFile, verifyFile } = runBundler(resolve(import.meta.dirname, ".."), "Uploads");
  for (const [variant, args] of Object.entries(variants))
    stacks.set(variant as Variant, recordTemplate(SingleUseUploads, args, [issueFile, verifyFile]));
}, 120_000);

describe.each(properties.filter(({ only }) => only === undefined))("$name", ({ of, check }) => {
  test.each(of)("%s", (variant) => check(stacks.get(variant)!, variant));
});

test("the edge keys are those given, in their order", () => {
  const keyOf = (id: string) => ({ id, secret: secretOf(`UploadsEdgeKey-${id}`).toString("base64url") });
  expect(settingsOf(stacks.get("everything")!, "UploadsIssue").keys).toEqual([
    keyOf("new"),
    { ...keyOf("old"), allows: { uploads: ["tenant-7/"] } },
  ]);
});

test("other settings are another version of the functions, the same ones are the same template", () => {
  const versions = (props: object) => {
    const { template } = synthesize(SingleUseUploads, { ...propsOf({}), ...props });
    const all = Object.entries(template.Resources).filter(([, { Type }]) => Type === "AWS::Lambda::Version");
    expect(all.map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual(["Retain", "Retain"]);
    return all.map(([id]) => id);
  };
  const before = versions({});
  expect(versions({})).toEqual(before);
  for (const id of versions({ maxBytes: 5 })) expect(before).not.toContain(id);
  for (const id of versions({ runtime: "nodejs22.x" })) expect(before).not.toContain(id);
});

test("no secret is in the template", () => {
  const { template } = synthesize(SingleUseUploads, propsOf({}));
  expect(JSON.stringify(template)).not.toContain(secretOf("UploadsEdgeKey-key-1").toString("base64url"));
});

test("names a wrong argument before anything is made", () => {
  const good = propsOf({});
  const wrong: [object, RegExp, string?][] = [
    [{}, /stack: expected one with env: \{ region: "us-east-1" \}/, "eu-west-1"],
    [{ bucketName: undefined }, /bucketName: expected a name for the bucket that is made, or bucket/],
    [{ bucket: "theirs" }, /bucketName: expected/],
    [{ bucketName: "No" }, /bucketName: expected 3 to 63 lower-case/],
    [{ edgeKeys: undefined }, /edgeKeys: expected a list of keys/],
    [{ edgeKeys: [{ id: "k", secret: "short" }] }, /edgeKeys\.0\.secret: expected 32 random bytes/],
    [{ edgeKeys: [{ ...good.edgeKeys[0], allows: {} }] }, /edgeKeys\.0\.allows: expected none: the first key signs/],
    [{ authorizer: undefined }, /authorizer: expected who may ask for URLs/],
    [{ authorizer: "everybody" }, /authorizer: expected none, or JSON/],
    [{ kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1" }, /kmsKeyArn: expected a key in us-east-1/],
    [{ colour: "red" }, /colour: expected no such argument/],
  ];
  for (const [props, said, region = "us-east-1"] of wrong) {
    const stack = new Stack(new App(), "Test", { env: { region } });
    expect(() => new SingleUseUploads(stack, "Uploads", { ...good, ...props } as never)).toThrow(said);
  }
});
