import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { runBundler } from "./run-bundler.ts";

const root = resolve(import.meta.dirname, "..");
let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "presign-once-bundler-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

test("makes functions that fit Lambda@Edge, and the same bytes from the same sources", () => {
  const [first, second] = [runBundler(root, "BundlerA"), runBundler(root, "BundlerB")];
  for (const bytes of Object.values(first.zippedBytes)) expect(bytes).toBeLessThan(500_000);
  for (const file of ["issueFile", "verifyFile", "configCheckFile"] as const) {
    expect(first[file]).not.toBe(second[file]);
    expect(readFileSync(first[file]).equals(readFileSync(second[file]))).toBe(true);
  }
}, 60_000);

test("makes a check of the settings that needs no other file", async () => {
  const { configCheckFile } = runBundler(root, "BundlerA");
  const alone = join(folder, "check.cjs");
  await writeFile(alone, readFileSync(configCheckFile));
  const program = `try { require(${JSON.stringify(alone)}).parseEdgeConfigJson("{}") } catch (error) { console.log(error.message) }`;
  expect(execFileSync(process.execPath, ["--eval", program], { cwd: folder, encoding: "utf8" })).toContain(
    "region: missing",
  );
}, 60_000);

test("names a folder without installed packages", () => {
  expect(() => runBundler(folder, "Uploads")).toThrow(
    expect.objectContaining({
      code: "FUNCTIONS_UNFIT",
      message: expect.stringMatching(
        /^the edge functions could not be bundled: .*Cannot find package '@presign-once\/deploy-sst'.*looked from/,
      ),
    }),
  );
}, 60_000);

test("uses a custom issue function if Lambda@Edge can run it", async () => {
  const mine = join(folder, "mine.ts");
  await writeFile(mine, "export const handler = async (): Promise<string> => 'mine';");
  const { issueFile, verifyFile } = runBundler(root, "BundlerC", mine);
  expect(readFileSync(issueFile, "utf8")).toContain("mine");
  expect(readFileSync(verifyFile, "utf8")).not.toContain('"mine"');

  await writeFile(mine, "export const handler = async () => process.env.STAGE;");
  expect(() => runBundler(root, "BundlerC", mine)).toThrow(
    /mine\.ts reads process\.env\.STAGE, which no function at the edge is given/,
  );
  await writeFile(mine, "export const main = async () => 'mine';");
  expect(() => runBundler(root, "BundlerC", mine)).toThrow(/handler/);
}, 60_000);
