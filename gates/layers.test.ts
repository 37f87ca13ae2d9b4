import { expect } from "vitest";

import { test } from "./gate-test.ts";

const imports = "no-restricted-imports";

/** Where, what stands there, and the rule that has to name the place. */
const forbidden: readonly (readonly [file: string, source: string, rule: string])[] = [
  ["packages/core/src/x", 'import "node:crypto";', imports],
  ["packages/core/src/x", 'import { ok } from "assert";\nexport { ok };', imports],
  ["packages/core/src/x", 'import type { S3Client } from "@aws-sdk/client-s3";\nexport type { S3Client };', imports],
  ["packages/core/src/x", 'export * from "zod";', imports],
  ["packages/core/src/x", 'export type { ZodType } from "zod";', imports],
  ["packages/core/src/x", 'export const planted = () => import("tsyringe");', imports],
  ["packages/core/src/x", "export const planted = (name: string) => import(name);", "no-dynamic-require"],
  ["packages/core/src/x", 'export type Planted = import("zod").ZodType;', "consistent-type-imports"],
  ["packages/core/src/x", 'import planted = require("zod");\nexport { planted };', "no-require-imports"],
  ["packages/core/src/x", 'export * from "../../adapter-s3/src/index.ts";', imports],
  ["packages/core/src/x", 'export const planted = () => import("../../adapter-s3/src/index.ts");', imports],
  ["packages/core/src/x", 'export * from "../../../test/servers/r2.ts";', imports],
  ["packages/core/src/x", 'export * from "../../../bench/targets.ts";', imports],
  ["packages/core/src/x", 'export * from "../dist/index.js";', imports],
  ["packages/core/src/x", 'export * from "./testing/index.ts";', imports],
  ["packages/core/src/x", 'export * from "./http/index.ts";', imports],
  ["packages/core/src/x", 'export * from "vitest";', imports],
  ["packages/core/src/x", 'export * from "./operator/index.ts";', imports],
  ["packages/core/src/http/x", 'export * from "../operator/index.ts";', imports],
  ["packages/core/src/operator/x", 'export * from "../testing/index.ts";', imports],
  ["packages/core/src/operator/x", 'export * from "node:crypto";', imports],
  ["packages/core/src/http/x", 'export * from "node:buffer";', imports],
  ["packages/core/src/http/x", 'export * from "../testing/index.ts";', imports],
  ["packages/core/src/testing/x", 'export * from "vitest";', imports],
  ["packages/core/src/testing/x", 'export * from "node:assert";', imports],
  ["packages/core/src/x.test", 'export * from "@presign-once/adapter-s3";', imports],
  ["packages/core/src/bytes/x", 'export * from "../ports/clock.ts";', imports],
  ["packages/core/src/ports/x", 'export * from "../url/grant-id.ts";', imports],
  ["packages/core/src/url/x", 'export * from "../gate/issuer.ts";', imports],
  ["packages/core/src/gate/x", 'export * from "../edge/claim.ts";', imports],
  ["packages/core/src/gate/x", 'export * from "../relay/relay-token.ts";', imports],
  ["packages/core/src/gate/x", 'export * from "../index.ts";', imports],
  ["packages/core/src/edge/x", 'export * from "../relay/relay-token.ts";', imports],
  ["packages/core/src/relay/x", 'export * from "../edge/claim.ts";', imports],
  ["packages/core/src/relay/x", 'export * from "../http/index.ts";', imports],
  ["packages/core/src/operator/x", 'export * from "../http/index.ts";', imports],
  ["packages/core/src/testing/x", 'export * from "../gate/issuer.ts";', imports],
  ["packages/core/src/a-new-room/x", 'export * from "../http/index.ts";', imports],
  ["packages/core/src/gate/x", 'export * from "../a-new-room/y.ts";', imports],
  ["packages/settings/src/x", 'export * from "@presign-once/adapter-s3";', imports],
  ["packages/settings/src/x", 'export * from "zod";', imports],
  ["packages/settings/src/x", 'export * from "../../adapter-edge/src/index.ts";', imports],
  ["packages/adapter-s3/src/x", 'export * from "@presign-once/adapter-edge";', imports],
  ["packages/adapter-s3/src/x", 'export * from "../../adapter-edge/src/index.ts";', imports],
  ["packages/adapter-s3/src/x", 'export * from "@presign-once/core/testing";', imports],
  ["packages/adapter-s3/src/x", 'export * from "zod";', imports],
  ["packages/adapter-s3/src/x", 'export * from "@smithy/types";', imports],
  ["packages/adapter-s3/src/x", 'export * from "@presign-once/test/servers/r2";', imports],
  ["packages/adapter-s3/src/x.test", 'export * from "@presign-once/adapter-edge";', imports],
  ["packages/adapter-s3/src/s3/x", 'export * from "../strategies/strategies.ts";', imports],
  ["packages/adapter-s3/src/strategies/x", 'export * from "../lean/sigv4.ts";', imports],
  ["packages/adapter-s3/src/strategies/x", 'export * from "@aws-sdk/client-s3";', imports],
  ["packages/adapter-s3/src/lean/x", 'export * from "../sdk/s3-client.ts";', imports],
  ["packages/adapter-s3/src/lean/x", 'export * from "@aws-sdk/client-s3";', imports],
  ["packages/adapter-s3/src/sdk/x", 'export * from "../upload/s3-upload-sink.ts";', imports],
  ["packages/adapter-s3/src/upload/x", 'export * from "../doctor/index.ts";', imports],
  ["packages/adapter-s3/src/doctor/x", 'export * from "../lean/sigv4.ts";', imports],
  ["packages/adapter-edge/src/cloudfront/x", 'export * from "../functions/composition.ts";', imports],
  ["packages/adapter-edge/src/functions/x", 'export * from "../bundle/index.ts";', imports],
  ["packages/adapter-edge/src/bundle/x", 'export * from "../functions/composition.ts";', imports],
  ["packages/adapter-edge/src/functions/x", 'export * from "zod/mini";', imports],
  ["packages/adapter-edge/src/functions/x", 'export * from "jose";', imports],
  ["packages/adapter-edge/src/functions/x", 'export * from "tsyringe";', imports],
  ["packages/adapter-edge/src/bundle/x", 'export * from "tsyringe";', imports],
  ["packages/adapter-edge/src/x", 'export * from "esbuild";', imports],
  ["packages/adapter-edge/src/x", 'export * from "jose";', imports],
  ["packages/adapter-edge/src/x", 'export * from "@presign-once/local-edge";', imports],
  ["packages/adapter-edge/src/x", 'export * from "@presign-once/core/testing";', imports],
  ["packages/adapter-edge/src/x", 'export * from "miniflare";', imports],
  ["packages/adapter-fetch/src/x", 'export * from "node:crypto";', imports],
  ["packages/adapter-fetch/src/x", 'export * from "@presign-once/adapter-s3";', imports],
  ["packages/adapter-fetch/src/x", 'export * from "../../adapter-edge/src/index.ts";', imports],
  ["packages/adapter-fetch/src/x", 'export * from "@noble/hashes/sha2.js";', imports],
  ["packages/adapter-fetch/src/x", 'export * from "hono";', imports],
  ["packages/adapter-fetch/src/node/x", 'export * from "hono";', imports],
  ["packages/adapter-fetch/src/node/x", 'export * from "@presign-once/adapter-s3";', imports],
  ["packages/local-edge/src/x", 'export * from "@presign-once/deploy-sst";', imports],
  ["packages/local-edge/src/x", 'export * from "../../deploy-sst/src/index.ts";', imports],
  ["packages/local-edge/src/x", 'export * from "@presign-once/adapter-edge";', imports],
  ["packages/local-edge/src/x", 'export * from "@presign-once/core/testing";', imports],
  ["packages/local-edge/src/x", 'export * from "../test/start-edge.ts";', imports],
  ["packages/deploy-sst/src/x", 'export * from "@presign-once/local-edge";', imports],
  ["packages/deploy-sst/src/bundle/x", 'export * from "../../../local-edge/src/index.ts";', imports],
  ["packages/adapter-edge/src/x", 'export * from "@presign-once/cli";', imports],
  ["packages/adapter-s3/src/x", 'export * from "../../cli/src/index.ts";', imports],
  ["packages/cli/src/x", 'export * from "@presign-once/adapter-edge";', imports],
  ["packages/cli/src/x", 'export * from "@presign-once/adapter-edge/bundle";', imports],
  ["packages/cli/src/x", 'export * from "@aws-sdk/client-s3";', imports],
  ["packages/cli/src/x", 'export * from "@presign-once/core/testing";', imports],
  ["packages/cli/src/x", 'export * from "@presign-once/local-edge";', imports],
  ["packages/a-new-one/src/x", 'export * from "@presign-once/local-edge";', imports],
];

/** What each layer is for, and so must stay allowed. */
const allowed: readonly (readonly [file: string, source: string])[] = [
  ["packages/core/src/x", 'export * from "./ports/clock.ts";'],
  ["packages/core/src/http/x", 'export * from "../ports/clock.ts";'],
  ["packages/core/src/operator/x", 'export * from "../ports/clock.ts";'],
  ["packages/core/src/testing/x", 'export * from "../ports/clock.ts";'],
  [
    "packages/core/src/x.test",
    'export * from "vitest";\nexport * from "node:assert";\nexport * from "./testing/index.ts";',
  ],
  ["packages/adapter-s3/src/s3/x", 'export * from "@presign-once/core";\nexport * from "node:fs/promises";'],
  ["packages/adapter-fetch/src/x", 'export * from "@presign-once/core";\nexport * from "@presign-once/core/http";'],
  ["packages/adapter-fetch/src/sha256", 'export * from "@noble/hashes/sha2.js";'],
  ["packages/adapter-fetch/src/node/x", 'export * from "node:http2";\nexport * from "../index.ts";'],
  [
    "packages/adapter-s3/src/doctor/x",
    'export * from "@presign-once/core/testing";\nexport * from "../sdk/s3-client.ts";',
  ],
  ["packages/adapter-s3/src/x.test", 'export * from "@presign-once/test/servers/r2";'],
  [
    "packages/adapter-edge/src/functions/x",
    'export * from "../cloudfront/cloudfront.ts";\nexport * from "@presign-once/adapter-s3";',
  ],
  ["packages/settings/src/x", 'export * from "zod/mini";'],
  ["packages/adapter-s3/src/sdk/x", 'export * from "@aws-sdk/client-s3";\nexport * from "../s3/deadline.ts";'],
  ["packages/core/src/gate/x", 'export * from "../url/grant-id.ts";\nexport * from "../ports/clock.ts";'],
  ["packages/adapter-edge/src/bundle/x", 'export * from "esbuild";'],
  ["packages/adapter-edge/src/functions/composition", 'export * from "tsyringe";'],
  ["packages/cli/src/x", 'export * from "@presign-once/settings";\nexport * from "@presign-once/core/operator";'],
  ["packages/cli/src/bundle", 'export * from "@presign-once/adapter-edge/bundle";'],
  ["packages/cli/src/local", 'export * from "@presign-once/local-edge";'],
  ["packages/deploy-sst/src/bundle/x", 'export * from "@presign-once/adapter-edge/bundle";\nexport * from "esbuild";'],
  ["packages/local-edge/src/x", 'export * from "@presign-once/adapter-edge/bundle";\nexport * from "miniflare";'],
];

test("every import that points outward is reported", async ({ workspace }) => {
  const plants = forbidden.map(([file, source, rule], index) => ({ path: pathOf(file, index), source, rule }));
  for (const { path, source } of plants) await workspace.plant(path, `${source}\n`);

  const { exitCode, output } = await workspace.run("lint", "--format", "unix");

  expect(plants.filter(({ path, rule }) => !rulesBrokenBy(path, output).includes(rule))).toEqual([]);
  expect(exitCode).not.toBe(0);
});

test("allows the intended imports of a layer", async ({ workspace }) => {
  const plants = allowed.map(([file, source], index) => ({ path: pathOf(file, index), source }));
  // The debugger statement is what shows that the linter read the file.
  for (const { path, source } of plants) await workspace.plant(path, `${source}\ndebugger;\n`);

  const { output } = await workspace.run("lint", "--format", "unix");

  for (const { path } of plants) expect(rulesBrokenBy(path, output)).toContain("no-debugger");
  expect(plants.filter(({ path }) => rulesBrokenBy(path, output).includes(imports))).toEqual([]);
});

test("names in the message what the layer may import", async ({ workspace }) => {
  await workspace.plant("packages/adapter-s3/src/strategies/planted.ts", 'export * from "zod";\n');

  const { output } = await workspace.run("lint");

  expect(output).toContain(
    "packages/adapter-s3/src/strategies may import only its own files and: @presign-once/core, node:*, s3/",
  );
});

function pathOf(file: string, index: number): string {
  return `${file.replace(/\bx(?=\.test$|$)/, `planted-${index}`)}.ts`;
}

function rulesBrokenBy(path: string, output: string): (string | undefined)[] {
  const problems = output.split("\n").filter((line) => line.startsWith(`${path}:`));
  return problems.map((line) => /\(([\w-]+)\)\]$/.exec(line)?.[1]);
}
