import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";

import { test } from "./gate-test.ts";

test("finds no dead code, and knip read the tree", async ({ workspace }) => {
  const { exitCode, output } = await workspace.run("dead-code", "--performance");

  expect(output).not.toContain("Unused");
  expect(Number(/parseFile +(\d+)/.exec(output)?.[1])).toBeGreaterThan(60);
  expect(exitCode).toBe(0);
});

test("an unused file is reported", async ({ workspace }) => {
  await workspace.plant("packages/adapter-s3/src/planted.ts", "export const planted = 1;\n");

  const { exitCode, output } = await workspace.run("dead-code");

  expect(output).toMatch(/Unused files[^]*packages\/adapter-s3\/src\/planted\.ts/);
  expect(exitCode).not.toBe(0);
});

test("an unused export of any package is reported", async ({ workspace }) => {
  const packages = (await readdir(join(workspace.folder, "packages"))).map((name) => `packages/${name}/src`);
  for (const folder of packages) {
    await workspace.plant(`${folder}/planted.ts`, "export const used = 1;\nexport const planted = 2;\n");
    await workspace.plant(`${folder}/index.ts`, (text) => `${text}export { used } from "./planted.ts";\n`);
  }

  const { exitCode, output } = await workspace.run("dead-code");

  for (const folder of packages) {
    expect(output).toMatch(new RegExp(`Unused exports[^]*planted +${folder}/planted\\.ts`));
  }
  expect(exitCode).not.toBe(0);
});

test("an unused dependency is reported", async ({ workspace }) => {
  await workspace.plant("packages/adapter-s3/package.json", (text) =>
    text.replace('"dependencies": {', '"dependencies": { "planted-dependency": "1.0.0",'),
  );

  const { exitCode, output } = await workspace.run("dead-code");

  expect(output).toMatch(/Unused dependencies[^]*planted-dependency +packages\/adapter-s3\/package\.json/);
  expect(exitCode).not.toBe(0);
});

test("a dependency that is used but not declared is reported", async ({ workspace }) => {
  await workspace.plant("packages/core/src/index.ts", (text) => `import "planted-dependency";\n${text}`);

  const { exitCode, output } = await workspace.run("dead-code");

  expect(output).toMatch(/Unlisted dependencies[^]*planted-dependency +packages\/core\/src\/index\.ts/);
  expect(exitCode).not.toBe(0);
});
