import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { packPackages, succeed } from "../published/pack-packages.ts";
import { type DeployedEdge, serveDeployed } from "./deployed-edge.ts";
import { createSstApp, registered, type SstApp } from "./sst-app.ts";
import { installPlatform, linkPlatform } from "./sst-platform.ts";
import { startAwsApi } from "./stand-ins/aws-api.ts";

/** A new app: the packages as published, and a copy of the README's example. */
const readme = resolve(import.meta.dirname, "..", "..", "packages", "deploy-sst", "README.md");
const packages = ["core", "adapter-s3", "settings", "adapter-edge", "deploy-sst"];
const undo: (() => Promise<unknown>)[] = [];
let app: SstApp;
let edge: DeployedEdge;

beforeAll(async () => {
  const aws = await startAwsApi();
  undo.push(() => aws.stop());
  await installPlatform(aws);
  const folder = await mkdtemp(join(tmpdir(), "presign-once-stranger-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));

  const tarballs = await packPackages(packages, join(folder, "tarballs"));
  const dependencies = { ...tarballs, sst: "4.17.1" };
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "stranger", private: true, type: "module", dependencies }),
  );
  await succeed("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  const [, example = ""] = /^```ts\n(.*?)^```$/ms.exec(await readFile(readme, "utf8")) ?? [];
  await writeFile(join(folder, "sst.config.ts"), example);

  await linkPlatform(folder);
  app = await createSstApp({ folder, aws });
  undo.push(() => app.remove());
}, 600_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
}, 60_000);

test("deploys the example of the README from the published packages", async () => {
  await app.sst("dev", "secret", "set", "UploadsAuthorizer", "none");
  const { exitCode, output } = await app.sst("dev", "deploy");
  expect(output).toContain("issueEndpoint: https://d111111abcdef8.cloudfront.net/url");
  expect(exitCode).toBe(0);
  const { inputs } = registered(await app.report(), "aws:lambda/function:Function", "UploadsIssue");
  expect(JSON.stringify(inputs["code"])).toContain(
    join(app.folder, ".sst", "presign-once", "Uploads", "issue", "index.mjs"),
  );
});

test("the deployment lets a URL be used once", async () => {
  edge = await serveDeployed(await app.report(), "Uploads");
  undo.push(() => edge.stop());
  const url = (await (await fetch(`${edge.url}/url`)).text()).replace(/^https:/, "http:");
  const put = () => fetch(url, { method: "PUT", body: "hello", headers: { origin: "https://app.example" } });
  const first = await put();
  expect([first.status, await first.text()]).toEqual([200, ""]);
  const second = await put();
  expect(second.status).toBe(403);
  expect(await second.text()).toContain("<Code>UrlAlreadyUsed</Code>");
  expect(second.headers.get("access-control-allow-origin")).toBe("https://app.example");
});

test("the deployment can be removed", async () => {
  expect((await app.sst("dev", "remove")).exitCode).toBe(0);
  expect((await app.report()).changes.every(({ what }) => what === "delete")).toBe(true);
});
