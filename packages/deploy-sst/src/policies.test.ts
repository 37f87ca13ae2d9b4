import { strategies, strategyNames, type Strategy } from "@presign-once/adapter-s3/strategies";
import type { Policy } from "@presign-once/test/deploy/policy-evaluator";
import { INDEX_ARN, type RoleIndexes, startRoleIndexes, UPLOADS_ARN } from "@presign-once/test/deploy/role-indexes";
import { afterEach, describe, expect, test } from "vitest";

import { issuePolicy, RIGHTS, type PolicyDocument, type RoleScope, verifyPolicy } from "./policies.ts";

let indexes: RoleIndexes | undefined;
afterEach(() => indexes?.stop());

/** The index of a strategy, under the policies of the two roles. */
async function start(strategy: Strategy, verifyMayNot?: string): Promise<RoleIndexes> {
  const scope: RoleScope = {
    strategy,
    signing: "at-issue",
    retries: false,
    oneTimeDownloads: false,
    uploadsArn: UPLOADS_ARN,
    indexArn: INDEX_ARN,
    uploadsKeyArn: undefined,
    indexKeyArn: undefined,
    functionArn: "arn:aws:lambda:us-east-1:111122223333:function:f",
  };
  const verify = verifyPolicy(scope);
  const left = verify.Statement.filter(({ Action }) => Action !== verifyMayNot);
  expect(left.length).toBe(verify.Statement.length - (verifyMayNot === undefined ? 0 : 1));
  indexes = await startRoleIndexes(strategy, {
    issue: asJson(issuePolicy(scope)),
    verify: asJson({ ...verify, Statement: left }),
  });
  return indexes;
}

function asJson(policy: PolicyDocument): Policy {
  return JSON.parse(JSON.stringify(policy)) as Policy;
}

describe.each(["conditional", "versioning"] as const)("%s", (strategy) => {
  test("lets the issue role register and the verify role claim once, without a denied request", async () => {
    const { issue, verify, denied } = await start(strategy);
    expect(await issue.register()).toBe("registered");
    expect(await verify.claim("first")).toBe("claimed");
    expect(await verify.claim("second")).toBe("already-claimed");
    expect(await verify.claim("first")).toBe("claimed");
    expect(denied()).toEqual([]);
  });

  test("lets the verify role see that an entry is missing", async () => {
    const { verify, denied } = await start(strategy);
    expect(await verify.claim("first")).toBe("unknown");
    expect(denied()).toEqual([]);
  });

  test("does not let the issue role use up or reopen a URL", async () => {
    const { issue, verify } = await start(strategy);
    await issue.register();
    expect(await issue.claim("first")).toBe("indeterminate");
    expect(await verify.claim("second")).toBe("claimed");
    await issue.register();
    expect(await verify.claim("first")).toBe("already-claimed");
  });

  test("does not let the verify role register", async () => {
    const { verify } = await start(strategy);
    expect(await verify.register()).toBe("indeterminate");
    expect(await verify.claim("first")).toBe("unknown");
  });
});

describe("sealed", () => {
  test("lets the verify role claim once, without a request of the issue role or a denied request", async () => {
    const { issue, verify, denied } = await start("sealed");
    expect(await issue.register()).toBe("registered");
    expect(await verify.claim("first")).toBe("claimed");
    expect(await verify.claim("second")).toBe("already-claimed");
    expect(await verify.claim("first")).toBe("claimed");
    expect(denied()).toEqual([]);
  });

  test("does not let the issue role use up a URL", async () => {
    const { issue, verify } = await start("sealed");
    expect(await issue.claim("first")).toBe("indeterminate");
    expect(await verify.claim("second")).toBe("claimed");
  });
});

describe("which role can undo a claim by overwriting it with the body of an issued entry", () => {
  const claimed = async (strategy: Strategy) => {
    const running = await start(strategy);
    await running.issue.register();
    expect(await running.verify.claim("first")).toBe("claimed");
    return running;
  };

  test("conditional: the verify role can with If-Match, as documented", async () => {
    const { verify } = await claimed("conditional");
    expect(await verify.reopen()).toEqual(["if-match"]);
    expect(await verify.claim("second")).toBe("claimed");
  });

  test("sealed: the verify role cannot overwrite a claim, with any condition", async () => {
    const { verify } = await claimed("sealed");
    expect(await verify.reopen()).toEqual([]);
    expect(await verify.claim("second")).toBe("already-claimed");
  });

  test("versioning: the verify role can add versions, but the oldest one decides", async () => {
    const { verify } = await claimed("versioning");
    expect(await verify.reopen()).toContain("none");
    expect(await verify.claim("second")).toBe("already-claimed");
  });

  test.each(["conditional", "sealed", "versioning"] as const)("%s: the issue role cannot", async (strategy) => {
    const { issue, verify } = await claimed(strategy);
    expect(await issue.reopen()).toEqual([]);
    expect(await verify.claim("second")).toBe("already-claimed");
  });
});

/** Each action alone, and what is not decided without it. */
const needed: [Strategy, string, (indexes: RoleIndexes) => Promise<string>][] = [
  ["conditional", "s3:PutObject", ({ verify }) => verify.claim("first")],
  ["conditional", "s3:GetObject", async ({ verify }) => (await verify.claim("first"), verify.claim("second"))],
  ["sealed", "s3:PutObject", ({ verify }) => verify.claim("first")],
  ["sealed", "s3:GetObject", async ({ verify }) => (await verify.claim("first"), verify.claim("second"))],
  ["versioning", "s3:PutObject", ({ verify }) => verify.claim("first")],
  ["versioning", "s3:GetObject", ({ verify }) => verify.claim("first")],
  ["versioning", "s3:ListBucket", ({ verify }) => verify.claim("first")],
  ["versioning", "s3:ListBucketVersions", ({ verify }) => verify.claim("first")],
  ["versioning", "s3:GetBucketVersioning", ({ verify }) => verify.claim("first")],
];

test.each(needed)("%s: without %s the verify role cannot decide", async (strategy, action, use) => {
  const running = await start(strategy, action);
  expect(await running.issue.register()).toBe("registered");
  expect(await use(running)).toBe("indeterminate");
});

test("conditional: without s3:ListBucket an unknown URL is undecided for the verify role", async () => {
  const { verify } = await start("conditional", "s3:ListBucket");
  expect(await verify.claim("first")).toBe("indeterminate");
});

test("matches the properties of each index strategy", () => {
  expect(Object.keys(RIGHTS)).toEqual(strategyNames);
  for (const [name, { versioned, allowsRetries }] of Object.entries(RIGHTS))
    expect(strategies[name as Strategy]).toMatchObject({ needsVersions: versioned, allowsRetries });
});
