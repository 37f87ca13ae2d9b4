import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";

import { test } from "./gate-test.ts";

test("every project type-checks", async ({ workspace }) => {
  const { exitCode, output } = await workspace.run("typecheck");

  expect(Number(/^types hold in (\d+) projects\n$/.exec(output)?.[1])).toBeGreaterThanOrEqual(7);
  expect(exitCode).toBe(0);
});

test("every project is checked, tests included", async ({ workspace }) => {
  const folders = (await readdir(join(workspace.folder, "packages"))).map((name) => `packages/${name}/src`);
  const files = folders.flatMap((folder) => [`${folder}/planted.ts`, `${folder}/planted.test.ts`]);
  files.push("bench/planted.ts", "test/planted.ts", "gates/planted.ts", "scripts/planted.ts", "planted.config.ts");
  for (const file of files) await workspace.plant(file, "export const planted: string = 1;\n");

  const { exitCode, output } = await workspace.run("typecheck");

  for (const file of files) expect(output).toContain(`${file}(1,14): error TS2322`);
  expect(exitCode).not.toBe(0);
});

test("core may not use globals of Node or the DOM", async ({ workspace }) => {
  const globals = ["fetch", "document", "Response", "setTimeout", "console", "structuredClone", "process", "Buffer"];
  const lines = globals.map((name, index) => `export const planted${index}: unknown = ${name};\n`);
  await workspace.plant("packages/core/src/planted.ts", lines.join(""));

  const { exitCode, output } = await workspace.run("typecheck");

  for (const [index, name] of globals.entries()) {
    expect(output).toMatch(
      new RegExp(`^packages/core/src/planted\\.ts\\(${index + 1},\\d+\\): error .*'${name}'`, "m"),
    );
  }
  expect(exitCode).not.toBe(0);
});

test("an index that may be out of range is reported", async ({ workspace }) => {
  await workspace.plant("packages/core/src/planted.ts", "export const first = (list: string[]): string => list[0];\n");

  const { exitCode, output } = await workspace.run("typecheck");

  expect(output).toContain("packages/core/src/planted.ts(1,");
  expect(exitCode).not.toBe(0);
});
