import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type RunningExample, runExample } from "../relay/run-example.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import type { IssuedGrant } from "./request-grant.ts";
import { type Stack, startStack } from "./stack.ts";

const PAGE = new URL("../../docs/issuing.md", import.meta.url);
/** Within this package, so that the example finds what it imports; and out of git. */
const HOME = fileURLToPath(new URL("../.local/", import.meta.url));
const KEY = { id: "shared", secret: randomBytes(32).toString("base64url") };

let server: S3Server;
let stack: Stack;
let folder: string;
let backend: RunningExample;

beforeAll(async () => {
  server = await startR2({ buckets: ["uploads"] });
  const config = { signing: "at-use", maxExpiresInSeconds: 604_800, keys: [KEY] } as const;
  stack = await startStack(server, "uploads", { strategy: "sealed", config: { ...config, keys: [...config.keys] } });

  await mkdir(HOME, { recursive: true });
  folder = await mkdtemp(join(HOME, "issue-anywhere-"));
  const [, code = ""] = /^```ts\n\/\/ issue-anywhere\.ts\n(.*?)^```$/ms.exec(await readFile(PAGE, "utf8")) ?? [];
  await writeFile(join(folder, "issue-anywhere.ts"), code);
  // Nothing else: no credentials, no region, no bucket.
  const settings = JSON.stringify(settingsOf(stack, config));
  backend = await runExample(folder, "issue-anywhere.ts", { PRESIGN_ONCE_SETTINGS: settings });
}, 60_000);

afterAll(async () => {
  await backend?.stop();
  await stack?.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the stack returns as `issuerSettings`, for the S3 server here. */
function settingsOf({ local, network }: Stack, config: object) {
  return {
    ...{ region: server.region, endpoint: network.endpoint, forcePathStyle: true, uploads: { bucket: "uploads" } },
    ...{ index: { strategy: "sealed" }, originPath: new URL(`${network.endpoint}/uploads`).pathname },
    ...{ baseUrl: local.baseUrl, ...config },
  };
}

test("a backend with the settings and nothing else issues tickets that work once at the edge", async () => {
  const before = stack.network.requests.length;
  const answer = await fetch(backend.url, { headers: { "x-user": "anna" } });
  const grant = (await answer.json()) as IssuedGrant;
  expect(stack.network.requests.length).toBe(before);
  expect(grant.key).toMatch(/^uploads\/tenant-7\/[0-9a-f-]{36}\.pdf$/);

  expect((await stack.send(grant.url, { body: "hello" })).status).toBe(200);
  expect(await stack.send(grant.url, { body: "again" })).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
  const { Body, Metadata } = await stack.s3.send(new GetObjectCommand({ Bucket: "uploads", Key: grant.key }));
  expect(await Body?.transformToString()).toBe("hello");
  expect(Metadata).toMatchObject({ "presign-once-id": grant.id });
});

test("the backend asks who its caller is first", async () => {
  expect((await fetch(backend.url)).status).toBe(401);
});
