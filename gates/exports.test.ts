import { expect } from "vitest";

import { test } from "./gate-test.ts";

test.beforeAll(async ({ copy }) => {
  const { exitCode, output } = await copy.run("build");
  expect(exitCode, output).toBe(0);
});

test("every package publishes its declared exports", async ({ workspace }) => {
  const { exitCode, output } = await workspace.run("exports");

  expect(output).toMatch(
    /core-.*tgz: \d+ files, @presign-once\/core(, @presign-once\/core\/(http|operator|testing)){3}\n/,
  );
  expect(output.match(/\.tgz: \d+ files/g)?.length).toBeGreaterThanOrEqual(4);
  expect(output).toMatch(/^\d packages publish what they promise$/m);
  expect(exitCode).toBe(0);
});

test("publint reports an entry point whose file is not packed", async ({ workspace }) => {
  await workspace.plant("packages/core/package.json", (text) =>
    text.replaceAll("./dist/testing/index.js", "./dist/testing/planted.js"),
  );

  const { exitCode, output } = await workspace.run("exports");

  expect(output).toContain('pkg.exports["./testing"].default is ./dist/testing/planted.js but the file does not exist');
  expect(exitCode).not.toBe(0);
});

test("attw reports unresolved declarations", async ({ workspace }) => {
  await workspace.plant("packages/adapter-s3/dist/index.d.ts", (text) => `${text}export * from "./planted";\n`);

  const { exitCode, output } = await workspace.run("exports");

  expect(output).toMatch(/@presign-once\/adapter-s3[^]*Internal resolution error/);
  expect(exitCode).not.toBe(0);
});

test("an entry point that Node cannot import is reported", async ({ workspace }) => {
  await workspace.plant("packages/adapter-s3/dist/index.js", (text) => `${text}import "./planted.js";\n`);

  const { exitCode, output } = await workspace.run("exports");

  expect(output).toMatch(/ERR_MODULE_NOT_FOUND.*Cannot find module '.*planted\.js'/);
  expect(exitCode).not.toBe(0);
});

test("reports an export that would publish its source condition", async ({ workspace }) => {
  await workspace.plant("packages/core/package.json", (text) => text.replace("publishConfig", "plantedConfig"));

  const { exitCode, output } = await workspace.run("exports");

  expect(output).toContain('@presign-once/core: exports["./testing"] is published with its "source" condition');
  expect(exitCode).not.toBe(0);
});

test("reports a test that would be published", async ({ workspace }) => {
  await workspace.plant("packages/core/dist/planted.test.js", "");

  const { exitCode, output } = await workspace.run("exports");

  expect(output).toContain("@presign-once/core: dist/planted.test.js does not belong in the tarball");
  expect(exitCode).not.toBe(0);
});

test("reports a declaration of core that needs the DOM", async ({ workspace }) => {
  await workspace.plant("packages/core/dist/index.d.ts", (text) => `${text}export declare const planted: Response;\n`);

  const { exitCode, output } = await workspace.run("exports");

  expect(output).toMatch(/core does not compile without[^]*Cannot find name 'Response'/);
  expect(exitCode).not.toBe(0);
});
