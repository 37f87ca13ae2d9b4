import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { copyWorkspace, type WorkspaceCopy } from "../../gates/workspace-copy.ts";
import { runCommand } from "../../scripts/run-command.ts";
import { type DeployedEdge, serveDeployed } from "./deployed-edge.ts";
import { createSstApp, registered, type Report, type SstApp } from "./sst-app.ts";
import { installPlatform, linkPlatform } from "./sst-platform.ts";
import { startAwsApi } from "./stand-ins/aws-api.ts";
import { FOUND_REGION } from "./stand-ins/aws-provider.ts";
import { nameOf } from "./stand-ins/engine-state.ts";

/**
 * The whole way of a deployment, without AWS: the real SST, this workspace as it is after a clone, and then the deployed
 * functions themselves.
 */
const stage = "rehearsal";
const token = randomBytes(32).toString("base64url");
const bearer = JSON.stringify({
  type: "bearer",
  tokens: [{ name: "rehearsal", sha256: createHash("sha256").update(token).digest("hex") }],
});

let aws: Awaited<ReturnType<typeof startAwsApi>>;
let copy: WorkspaceCopy;
let app: SstApp;

beforeAll(async () => {
  aws = await startAwsApi();
  await installPlatform(aws);
  copy = await copyWorkspace();
  await linkPlatform(copy.folder);
  app = await createSstApp({ folder: copy.folder, aws });
}, 300_000);

afterAll(async () => {
  await app?.remove();
  await copy?.remove();
  await aws?.stop();
});

/** The registered resources, one line each, for the test's output. */
function list({ changes }: Report): string {
  return changes
    .map(({ what, resource }) => `${what.padEnd(6)} ${resource.type.padEnd(78)} ${nameOf(resource)}`)
    .join("\n");
}

/** What TypeScript reports of `sst.config.ts` with more code in it, behind the stack. */
async function typeFaultsWith(code: string): Promise<string> {
  await copy.plant("sst.config.ts", (text) =>
    text.replace("    // For other parts", () => `${code}\n    // For other parts`),
  );
  const { output } = await runCommand("tsc", ["-p", "test/deploy/tsconfig.sst.json"], { cwd: copy.folder });
  await copy.restore();
  return output;
}

describe("sst.config.ts", () => {
  test("type-checks against SST's own types, and a wrong argument does not", async () => {
    expect(await runCommand("tsc", ["-p", "test/deploy/tsconfig.sst.json"], { cwd: copy.folder })).toMatchObject({
      output: "",
      exitCode: 0,
    });
    await copy.plant("sst.config.ts", (text) => text.replace("removal: $app.removal", "removal: 1"));
    const { output } = await runCommand("tsc", ["-p", "test/deploy/tsconfig.sst.json"], { cwd: copy.folder });
    await copy.restore();
    expect(output).toMatch(/^sst\.config\.ts.*Type 'number' is not assignable/);
  });

  test("type-checks with the backend of docs/deploy.md in it, and not with a misspelt output", async () => {
    const page = await readFile(join(copy.folder, "docs", "deploy.md"), "utf8");
    const [, linked = ""] = /### URLs from a backend.*?```ts\n(.*?)```/s.exec(page) ?? [];
    expect(linked).toContain("issuerSettings");
    expect(await typeFaultsWith(linked)).toBe("");
    expect(await typeFaultsWith(linked.replace("issuerSettings", "issuerSetting"))).toMatch(
      /^sst\.config\.ts.*'issuerSetting' does not exist/,
    );
  });

  test("type-checks with the subscription of docs/upload-events.md in it, and not with a misspelt one", async () => {
    const page = await readFile(join(copy.folder, "docs", "upload-events.md"), "utf8");
    const [, subscription = ""] = /## Subscribe.*?```ts\n(.*?)```/s.exec(page) ?? [];
    expect(subscription).toContain("filterPrefix");
    expect(await typeFaultsWith(subscription)).toBe("");
    expect(await typeFaultsWith(subscription.replace("filterPrefix", "prefix"))).toMatch(
      /^sst\.config\.ts.*'prefix' does not exist/,
    );
  });

  test("is deployed from a clone without a build", () => {
    expect(existsSync(join(copy.folder, "packages", "deploy-sst", "src"))).toBe(true);
    for (const name of ["core", "adapter-s3", "settings", "adapter-edge", "deploy-sst"])
      expect(existsSync(join(copy.folder, "packages", name, "dist"))).toBe(false);
  });

  test("does not deploy without an authorizer", async () => {
    const { exitCode, output } = await app.sst(stage, "deploy");
    expect(output).toContain("Set a value for UploadsAuthorizer with `sst secret set UploadsAuthorizer <value>`");
    expect(exitCode).not.toBe(0);
  });

  test("names the argument if the secret has no valid authorizer", async () => {
    await app.sst(stage, "secret", "set", "UploadsAuthorizer", '{"type":"bearer","tokens":[]}');
    const { exitCode, output } = await app.sst(stage, "deploy");
    expect(output).toContain("singleUseUploads Uploads: authorizer.tokens: expected at least one token");
    expect(exitCode).not.toBe(0);
  });

  test("names a wrong argument, and registers nothing", async () => {
    await copy.plant("sst.config.ts", (text) => text.replace("removal: $app.removal", 'issuePath: "/uploads/url"'));
    const { exitCode, output } = await app.sst(stage, "deploy");
    await copy.restore();
    expect(output).toContain("singleUseUploads Uploads: issuePath: expected a path such as /url");
    expect(exitCode).not.toBe(0);
    expect((await app.report()).changes).toEqual([]);
  });

  test("names a KMS key that is not in the region of its bucket, before a function is created", async () => {
    const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    await app.sst(stage, "secret", "set", "UploadsAuthorizer", bearer);
    await copy.plant("sst.config.ts", (text) =>
      text.replace("removal: $app.removal", `bucket: "theirs", kmsKeyArn: "${key}", $&`),
    );
    const { exitCode, output } = await app.sst(stage, "deploy");
    await copy.restore();
    expect(output).toContain(
      `singleUseUploads Uploads: kmsKeyArn: expected a key in ${FOUND_REGION}, the region of the bucket, not eu-west-1`,
    );
    expect(exitCode).not.toBe(0);
    const types = (await app.report()).changes.map(({ resource }) => resource.type);
    expect(types.filter((type) => /lambda|cloudfront/.test(type))).toEqual([]);
  });

  test("creates all resources, and prints the four outputs", async () => {
    await app.sst(stage, "secret", "set", "UploadsAuthorizer", bearer);
    const planned = await app.sst(stage, "diff");
    expect(planned.output).toMatch(/\+ +UploadsDistribution aws:cloudfront:Distribution/);
    const { exitCode, output } = await app.sst(stage, "deploy");
    const report = await app.report();
    console.log(list(report));
    expect(exitCode).toBe(0);
    expect(new Set(report.changes.map(({ what }) => what))).toEqual(new Set(["create"]));
    for (const [name, value] of Object.entries({
      url: "https://d111111abcdef8.cloudfront.net",
      issueEndpoint: "https://d111111abcdef8.cloudfront.net/url",
      bucket: "uploads-0a1b2c3",
      distributionId: "E1A2B3C4D5E6F7",
    }))
      expect(output).toContain(`${name}: ${value}`);
  });

  test("a second deployment of the same sources changes nothing", async () => {
    const { exitCode } = await app.sst(stage, "diff");
    const { changes } = await app.report();
    expect(exitCode).toBe(0);
    expect(changes.filter(({ what }) => what !== "same")).toEqual([]);
    expect(changes.length).toBeGreaterThan(20);
  });

  test("marks values with edge keys as secret, so that Pulumi encrypts them", async () => {
    await app.sst(stage, "deploy");
    const report = await app.report();
    for (const name of ["UploadsIssue", "UploadsVerify"])
      expect(registered(report, "aws:lambda/function:Function", name).secrets).toEqual(["code"]);
    const key = registered(report, "random:index/randomBytes:RandomBytes", "UploadsEdgeKey-key-1").outputs["base64"];
    expect(JSON.stringify(report.outputs)).not.toContain(String(key));
  });
});

describe("the deployed functions, with the deployed config.json", () => {
  let edge: DeployedEdge;
  beforeAll(async () => {
    edge = await serveDeployed(await app.report(), "Uploads");
    console.log(`zipped: issue ${edge.zippedBytes.issue} bytes, verify ${edge.zippedBytes.verify} bytes`);
  }, 60_000);
  afterAll(() => edge?.stop());

  /** The functions hand out https URLs with the host that they were asked by; here is no TLS. */
  async function issue(): Promise<string> {
    const answer = await fetch(`${edge.url}/url`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status, edge.log.at(-1)).toBe(200);
    return (await answer.text()).replace(/^https:/, "http:");
  }

  async function put(url: string, body: Uint8Array): Promise<{ status: number; text: string }> {
    const answer = await fetch(url, { method: "PUT", body: Buffer.from(body) });
    return { status: answer.status, text: await answer.text() };
  }

  test("are small enough for Lambda@Edge", () => {
    expect(edge.zippedBytes.issue).toBeLessThan(1_000_000);
    expect(edge.zippedBytes.verify).toBeLessThan(1_000_000);
  });

  test("issue no URL without the token", async () => {
    expect((await fetch(`${edge.url}/url`)).status).toBe(401);
  });

  test("let a URL be used once, and refuse the second upload", async () => {
    const url = await issue();
    expect(await put(url, randomBytes(100_000))).toMatchObject({ status: 200 });
    const second = await put(url, randomBytes(10));
    expect(second.status).toBe(403);
    expect(second.text).toContain("<Code>UrlAlreadyUsed</Code>");
  });

  test("let one of ten concurrent uploads pass", async () => {
    const url = await issue();
    const answers = await Promise.all(Array.from({ length: 10 }, () => put(url, randomBytes(10))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ text }) => text.includes("<Code>UrlAlreadyUsed</Code>"))).toHaveLength(9);
  });

  test("need only what their roles' policies allow", async () => {
    await put(await issue(), randomBytes(10));
    expect(edge.accesses.filter((access) => access.startsWith("denied"))).toEqual([]);
    const actions = new Set(edge.accesses.map((access) => access.split(" ").slice(1, 3).join(" ")));
    console.log([...actions].join("\n"));
    expect([...actions]).toContain("AKIDVERIFY s3:PutObject");
  });

  test("issue URLs that S3 itself refuses without the edge", async () => {
    const { pathname, search } = new URL(await issue());
    expect((await put(edge.originUrl + pathname + search, randomBytes(10))).status).toBe(403);
  });
});

describe("sst remove", () => {
  test("removes everything, the distribution before its functions, and these before their roles", async () => {
    const { exitCode } = await app.sst(stage, "remove");
    const { changes } = await app.report();
    expect(exitCode).toBe(0);
    expect(new Set(changes.map(({ what }) => what))).toEqual(new Set(["delete"]));
    const names = changes.map(({ resource }) => nameOf(resource));
    expect(names.indexOf("UploadsDistribution")).toBeLessThan(names.indexOf("UploadsVerify"));
    expect(names.indexOf("UploadsVerify")).toBeLessThan(names.indexOf("UploadsVerifyRole"));
    expect(changes.some(({ resource }) => resource.retainOnDelete)).toBe(false);
  });

  test("is refused in production, where the buckets and their settings would be kept", async () => {
    await app.sst("production", "secret", "set", "UploadsAuthorizer", bearer);
    expect((await app.sst("production", "deploy")).exitCode).toBe(0);
    const { changes } = await app.report();
    const kept = changes.filter(({ resource }) => resource.retainOnDelete).map(({ resource }) => resource.type);
    const ofBuckets = changes.map(({ resource }) => resource.type).filter((type) => type.startsWith("aws:s3/"));
    expect(kept.toSorted()).toEqual(ofBuckets.toSorted());
    const { exitCode, output } = await app.sst("production", "remove");
    expect(output).toMatch(/protect/i);
    expect(exitCode).not.toBe(0);
  });
});

test("SST sends only requests that the stand-in for AWS knows, and none to the internet", () => {
  expect(aws.refused).toEqual([]);
  expect(aws.requests.length).toBeGreaterThan(50);
});
