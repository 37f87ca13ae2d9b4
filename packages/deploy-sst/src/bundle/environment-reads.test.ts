import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { findEnvironmentReads } from "./environment-reads.ts";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "presign-once-reads-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readsOf(code: string, name = "function.ts"): Promise<string[]> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
  return (await findEnvironmentReads([file])).map((read) => read.replace(file, "it"));
}

const forbidden: [string, string][] = [
  ["export const x = process.env.STAGE;", "it reads process.env.STAGE"],
  ["export const x = process?.env?.STAGE;", "it reads process.env.STAGE"],
  ['export const x = process.env["STAGE"];', "it reads process.env.STAGE"],
  ["export const x: string | undefined = globalThis.process\n  .env.STAGE;", "it reads process.env.STAGE"],
  ['export const x = process["env"]["STAGE"];', "it reads process.env.STAGE"],
  ['export const x = process?.["env"].STAGE;', "it reads process.env.STAGE"],
  ["export const x = process[`env`].STAGE;", "it reads process.env.STAGE"],
  ['export const x = globalThis.process["env"].STAGE;', "it reads process.env.STAGE"],
  ["export const x = { ...global?.process?.env };", "it reads process.env as a whole"],
  ["const { process: mine } = globalThis; export const x = mine.env.STAGE;", "it takes env out of process"],
  ['export const x = globalThis["process"].env.STAGE;', "it takes env out of process"],
  ["export const { env } = globalThis.process;", "it takes env out of process"],
  ["const mine = globalThis.process; export const x = mine.env.STAGE;", "it takes env out of process"],
  ["const mine = process; export const x = mine.env.STAGE;", "it takes env out of process"],
  ["export const x = process.env.AWS_PROFILE;", "it reads process.env.AWS_PROFILE"],
  ["export const x = (name: string) => process.env[name];", "it reads process.env as a whole"],
  ["export const x = { ...process.env };", "it reads process.env as a whole"],
  ["export const { env } = process;", "it takes env out of process"],
  ['import { env } from "node:process"; export const x = env.STAGE;', "it takes env out of process"],
];

test.each(forbidden)("%s", async (code, found) => {
  expect(await readsOf(code)).toContain(found);
});

const allowed: string[] = [
  "export const x = process.env.AWS_REGION;",
  "export const x = process.env.AWS_LAMBDA_FUNCTION_NAME ?? process.env._X_AMZN_TRACE_ID;",
  "// process.env.STAGE is nowhere to be had\nexport const x = 1;",
  "/* process.env.STAGE */ export const x = 1;",
  "export const x = process.hrtime();",
  'export const x = globalThis.process["env"].AWS_REGION;',
  "export const x = globalThis.process?.version === globalThis.process;",
  "export const x = typeof process === 'undefined' ? undefined : process.version;",
];

test.each(allowed)("allows %s", async (code) => {
  expect(await readsOf(code)).toEqual([]);
});

test("allows the AWS SDK to read the environment", async () => {
  expect(await readsOf("export const x = process.env.AWS_PROFILE;", "node_modules/@aws-sdk/core/index.js")).toEqual([]);
  expect(
    await readsOf("export const x = process.env.AWS_PROFILE;", "node_modules/aws-sdk-but-not/index.js"),
  ).not.toEqual([]);
});
