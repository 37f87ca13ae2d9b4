import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { allows, type Policy } from "@presign-once/test/deploy/policy-evaluator";
import {
  INDEX_ARN,
  INDEX_KEY,
  startRoleIndexes,
  UPLOADS_ARN,
  UPLOADS_KEY,
} from "@presign-once/test/deploy/role-indexes";
import { describe, expect, onTestFinished, test } from "vitest";

import { issuePolicy, type RoleScope, verifyPolicy } from "./policies.ts";

const strategies = ["conditional", "sealed", "versioning"] as const;
type Strategy = (typeof strategies)[number];
type Signing = RoleScope["signing"];

type Role = "issue" | "verify";
interface Right {
  readonly role: Role;
  readonly action: string;
  readonly key: string;
}

/** The policies of the two roles, of a stack with a KMS key for each bucket, or for one. */
function policiesOf(strategy: Strategy, keys: Partial<RoleScope> = {}): Record<Role, Policy> {
  const scope: RoleScope = {
    strategy,
    signing: "at-issue",
    retries: true,
    oneTimeDownloads: false,
    uploadsArn: UPLOADS_ARN,
    indexArn: INDEX_ARN,
    uploadsKeyArn: UPLOADS_KEY,
    indexKeyArn: INDEX_KEY,
    functionArn: "arn:aws:lambda:us-east-1:111122223333:function:f",
    ...keys,
  };
  const plain = (policy: object) => JSON.parse(JSON.stringify(policy)) as Policy;
  return { issue: plain(issuePolicy(scope)), verify: plain(verifyPolicy(scope)) };
}

/** Every right on a key that the two policies give, one by one. */
function rightsOn(policies: Record<Role, Policy>): Right[] {
  return (["issue", "verify"] as const).flatMap((role) =>
    policies[role].Statement.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .filter((action) => action.startsWith("kms:"))
        .flatMap((action) => [Resource].flat().map((key): Right => ({ role, action, key }))),
    ),
  );
}

/** The policies with one right denied. */
function without(policies: Record<Role, Policy>, { role, action, key }: Right): Record<Role, Policy> {
  const denied = { Effect: "Deny", Action: action, Resource: key } as const;
  return { ...policies, [role]: { ...policies[role], Statement: [...policies[role].Statement, denied] } };
}

/** Everything that the roles do, in a new index: what came of it. */
async function useAll(strategy: Strategy, signing: Signing, policies: Record<Role, Policy>) {
  const running = await startRoleIndexes(strategy, policies, { uploads: UPLOADS_KEY, index: INDEX_KEY });
  onTestFinished(() => running.stop());
  const { issue, verify } = running;
  const outcomes = [
    await issue.upload(),
    ...(signing === "at-use" ? [await verify.upload()] : []),
    await issue.register(),
    await verify.claim("first"),
    await verify.claim("second"),
    await verify.claim("first"),
  ];
  return { outcomes, denied: running.denied() };
}

const CLAIMED_ONCE = ["registered", "claimed", "already-claimed", "claimed"];

const expected = strategies.flatMap((strategy) =>
  (["at-issue", "at-use"] as const).map((signing): [Strategy, Signing, Right[]] => [
    strategy,
    signing,
    [
      { role: "issue", action: "kms:GenerateDataKey", key: UPLOADS_KEY },
      ...(strategy === "sealed" ? [] : [{ role: "issue", action: "kms:GenerateDataKey", key: INDEX_KEY } as const]),
      { role: "verify", action: "kms:GenerateDataKey", key: INDEX_KEY },
      { role: "verify", action: "kms:Decrypt", key: INDEX_KEY },
      ...(signing === "at-issue" ? [] : [{ role: "verify", action: "kms:GenerateDataKey", key: UPLOADS_KEY } as const]),
    ],
  ]),
);

describe.each(expected)("%s, signing %s, with a KMS key for each bucket", (strategy, signing, rights) => {
  const policies = policiesOf(strategy, { signing });
  const everything = signing === "at-issue" ? [true, ...CLAIMED_ONCE] : [true, true, ...CLAIMED_ONCE];

  test("gives these rights on keys and no others", () => {
    expect(rightsOn(policies)).toEqual(rights);
  });

  test("lets the roles sign uploads, register and claim, without a denied request", async () => {
    expect(await useAll(strategy, signing, policies)).toEqual({ outcomes: everything, denied: [] });
  });

  test.each(rights)("needs $action on $key for the $role role", async (right) => {
    const { outcomes, denied } = await useAll(strategy, signing, without(policies, right));
    expect(outcomes).not.toEqual(everything);
    expect(denied).toContain(`denied ${right.role} ${right.action} ${right.key}`);
  });

  test("lets the roles use the keys through S3 in the region of the key only", () => {
    for (const { role, action, key: resource } of rights) {
      const via = (service?: string) =>
        allows([policies[role]], { action, resource, context: { "kms:ViaService": service } });
      expect([
        via("s3.eu-west-1.amazonaws.com"),
        via("s3.eu-west-2.amazonaws.com"),
        via("dynamodb.eu-west-1.amazonaws.com"),
        via(),
      ]).toEqual([true, false, false, false]);
    }
  });
});

test("a key that both buckets share is named once", () => {
  const policies = policiesOf("conditional", { indexKeyArn: UPLOADS_KEY });
  expect(rightsOn(policies)).toEqual([
    { role: "issue", action: "kms:GenerateDataKey", key: UPLOADS_KEY },
    { role: "verify", action: "kms:GenerateDataKey", key: UPLOADS_KEY },
    { role: "verify", action: "kms:Decrypt", key: UPLOADS_KEY },
  ]);
});

test("a key that uploads name is used by the signing role, and by the verify role to read with links for downloads", () => {
  const encryptionKeyArn = UPLOADS_KEY.replace("1234abcd", "00000000");
  const of = (signing: Signing, oneTimeDownloads: boolean) => {
    const keys = { encryptionKeyArn, uploadsKeyArn: undefined, indexKeyArn: undefined };
    return rightsOn(policiesOf("sealed", { signing, oneTimeDownloads, ...keys }));
  };
  const issue = { role: "issue", action: "kms:GenerateDataKey", key: encryptionKeyArn };
  const verify = { ...issue, role: "verify" };
  expect(of("at-issue", false)).toEqual([issue]);
  expect(of("at-use", false)).toEqual([issue, verify]);
  expect(of("at-issue", true)).toEqual([issue, { ...verify, action: "kms:Decrypt" }]);
});

test.each(strategies)("%s: without keys there are no rights on keys", (strategy) => {
  expect(rightsOn(policiesOf(strategy, { uploadsKeyArn: undefined, indexKeyArn: undefined }))).toEqual([]);
});

test.each(strategies)("%s: with a key of the uploads alone the verify role has no right on it", (strategy) => {
  expect(rightsOn(policiesOf(strategy, { indexKeyArn: undefined }))).toEqual([
    { role: "issue", action: "kms:GenerateDataKey", key: UPLOADS_KEY },
  ]);
});

test("the statement of docs/deploy.md for a key's own policy allows what the roles are allowed, and no more", async () => {
  const guide = await readFile(resolve(import.meta.dirname, "../../../docs/deploy.md"), "utf8");
  const [, json = ""] = /^\*\*The key's own policy\*\*.*?^```json\n(.*?)^```$/ms.exec(guide) ?? [];
  const statement = JSON.parse(json) as Policy["Statement"][number];
  const granted = [...new Set(rightsOn(policiesOf("conditional")).map(({ action }) => action))];
  expect(statement.Action).toEqual(granted);
  const policy = { Version: "2012-10-17", Statement: [statement] };
  const via = (service: string) => ({ resource: UPLOADS_KEY, context: { "kms:ViaService": service } });
  for (const action of granted) {
    expect(allows([policy], { action, ...via("s3.eu-west-1.amazonaws.com") })).toBe(true);
    expect(allows([policy], { action, ...via("lambda.eu-west-1.amazonaws.com") })).toBe(false);
  }
});
