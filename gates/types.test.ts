import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { runGate } from "./gate-test.ts";

const GLOBALS = ["fetch", "document", "Response", "setTimeout", "console", "structuredClone", "process", "Buffer"];

const everyProject: string[] = ["bench", "test", "gates", "scripts"].map((folder) => `${folder}/planted.ts`);
everyProject.push("planted.config.ts");

const typecheck = runGate("typecheck", async ({ folder }) => {
  const sources = (await readdir(join(folder, "packages"))).map((name) => `packages/${name}/src`);
  everyProject.push(...sources.flatMap((source) => [`${source}/planted.ts`, `${source}/planted.test.ts`]));
  return [
    ...everyProject.map((path) => ({ path, text: "export const planted: string = 1;\n" })),
    {
      path: "packages/core/src/planted-globals.ts",
      text: GLOBALS.map((name, index) => `export const planted${index}: unknown = ${name};\n`).join(""),
    },
    {
      path: "packages/core/src/planted-index.ts",
      text: "export const first = (list: string[]): string => list[0];\n",
    },
  ];
});

test("checks every project, tests included, and fails", () => {
  const { output, exitCode } = typecheck();
  expect(everyProject.length).toBeGreaterThan(20);
  for (const path of everyProject) expect(output).toContain(`${path}(1,14): error TS2322`);
  expect(exitCode).not.toBe(0);
});

test.each(GLOBALS.map((name, index) => [name, index + 1] as const))("core may not use the global %s", (name, line) => {
  expect(typecheck().output).toMatch(
    new RegExp(`^packages/core/src/planted-globals\\.ts\\(${line},\\d+\\): error .*'${name}'`, "m"),
  );
});

test("reports an index that may be out of range", () => {
  expect(typecheck().output).toContain("packages/core/src/planted-index.ts(1,");
});
