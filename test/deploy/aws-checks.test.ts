import { resolve } from "node:path";

import { beforeAll, describe, expect, test, vi } from "vitest";

import type { AwsModel } from "../../packages/cli/test/aws/aws-model.ts";
import { runAwsChecks } from "../../packages/cli/test/aws/run-aws-checks.ts";
import type { SingleUseUploadsArgs } from "../../packages/deploy-sst/src/single-use-uploads-args.ts";
import { singleUseUploads } from "../../packages/deploy-sst/src/single-use-uploads.ts";
import { settingsOf } from "../../packages/deploy-sst/test/properties/read-stack.ts";
import { type RecordedStack, recordStack } from "../../packages/deploy-sst/test/record-stack.ts";
import { type Variant, variants } from "../../packages/deploy-sst/test/variants.ts";
import { accountOfStack } from "./account-of-stack.ts";

vi.mock(import("../../packages/deploy-sst/src/run-bundler.ts"), async (importOriginal) => {
  const { bundleOnce } = await import("../../packages/deploy-sst/test/bundle-once.ts");
  return bundleOnce(await importOriginal());
});

/** What the checks of `smoke-test --aws` expect of a deployment is what the stack makes: no list stands twice unnoticed. */
const root = resolve(import.meta.dirname, "..", "..", "packages", "deploy-sst");
const stacks = new Map<Variant, RecordedStack>();

beforeAll(async () => {
  for (const [variant, args] of Object.entries(variants))
    stacks.set(
      variant as Variant,
      await recordStack(singleUseUploads, "Uploads", { authorizer: "none", root, ...args }),
    );
}, 60_000);

function accountOf(variant: Variant): { model: AwsModel; endpoint: string; settings: object } {
  const stack = stacks.get(variant)!;
  const model = accountOfStack(stack, "Uploads");
  const { bucket, kmsKeyArn }: Partial<SingleUseUploadsArgs> = variants[variant];
  if (typeof bucket === "string" && typeof kmsKeyArn === "string")
    model.buckets[bucket]!.encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKeyArn };
  const settings = settingsOf(stack, "UploadsVerify");
  return { model, endpoint: String(stack.outputs["issueEndpoint"]), settings };
}

test.each(Object.keys(variants) as Variant[])("nothing is wrong with what the stack makes: %s", async (variant) => {
  const { model, ...given } = accountOf(variant);
  const { codes, skipped } = await runAwsChecks(model, given);
  expect([codes, skipped]).toEqual([[], {}]);
});

/** What is found without a statement of a role. Retries are not known to be offered without theirs. */
const FOUND_BY_SID: Readonly<Record<string, string[]>> = {
  WriteLogs: ["logs-right-missing"],
  SeeWhatWasStored: [],
  SeeThatUploadsKeepVersions: [],
  TagUploads: ["tags-right-missing"],
};

describe.each([
  "plain",
  "sealed",
  "versioning",
  "retries",
  "tickets",
  "download links",
  "one bucket",
  "KMS keys",
  "one KMS key",
] as const)("%s: each statement of each role is missed", (variant) => {
  test.each(["Issue", "Verify"])("%s", async (which) => {
    const found: [string, readonly string[]][] = [];
    const expected: [string, readonly string[]][] = [];
    const role = `Uploads${which}Role-0a1b2c3`;
    const policyOf = (model: AwsModel) =>
      Object.values(model.roles[role]!.inline)[0] as { Sid?: string; Action: unknown }[];
    for (const [place, { Sid = "", Action }] of policyOf(accountOf(variant).model).entries()) {
      const { model, ...given } = accountOf(variant);
      policyOf(model).splice(place, 1);
      const { codes } = await runAwsChecks(model, given);
      found.push([Sid, codes]);
      const ofKeys = [Action].flat().some((action) => String(action).startsWith("kms:"));
      const ofKey = "encryption" in variants[variant] ? "encryption-key-refused" : "kms-key-refused";
      // With tickets, issue keeps these for URLs from before: verify signs.
      const kept = variant === "tickets" && which === "Issue" && /^(?:TagUploads|Encrypt)$/.test(Sid);
      expected.push([Sid, kept ? [] : (FOUND_BY_SID[Sid] ?? [ofKeys ? ofKey : "role-right-missing"])]);
    }
    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(1);
  });
});
