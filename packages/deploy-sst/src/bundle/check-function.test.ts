import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { checkFunction } from "./check-function.ts";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "presign-once-check-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(code: string | undefined, name: string) {
  const file = join(folder, `${name}.mjs`);
  if (code !== undefined) await writeFile(file, code);
  return checkFunction("issue", file);
}

test("accepts a function that exports its handler, and reports its size", async () => {
  const code = `export const handler = () => {}; // ${"long ".repeat(10_000)}`;
  expect(await check(code, "fit")).toEqual({ bytes: expect.any(Number) });
  const { bytes } = (await check(code, "fit")) as { bytes: number };
  expect(bytes).toBeLessThan(1_000);
});

test("reports a missing function", async () => {
  expect(await check(undefined, "none")).toEqual({
    problem: expect.stringMatching(/^the issue function is missing: there is no .*none\.mjs$/),
  });
});

test("does not report an unreadable function as missing", async () => {
  expect(await checkFunction("issue", folder)).toEqual({
    problem: `the issue function cannot be read from ${folder} (EISDIR)`,
  });
});

test("refuses a function over one megabyte zipped", async () => {
  const code = `export const handler = () => ${JSON.stringify(randomBytes(1_000_000).toString("base64"))};`;
  expect(await check(code, "big")).toEqual({
    problem: expect.stringMatching(/^the issue function is 1\d{6} bytes zipped, more than the 1000000 /),
  });
});

test("refuses a function that does not load or has no handler", async () => {
  expect(await check("throw new Error('no settings');", "throws")).toEqual({
    problem: "the issue function does not load: no settings",
  });
  expect(await check("export const main = () => {};", "other")).toEqual({
    problem: "the issue function exports no handler",
  });
  expect(await check("export const handler = {};", "object")).toEqual({
    problem: "the issue function exports no handler",
  });
});
