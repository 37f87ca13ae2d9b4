import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { runGate } from "./gate-test.ts";

let sources: string[] = [];

const deadCode = runGate("dead-code", async ({ folder }) => {
  sources = (await readdir(join(folder, "packages"))).map((name) => `packages/${name}/src`);
  return [
    { path: "packages/adapter-s3/src/planted-unused.ts", text: "export const planted = 1;\n" },
    ...sources.flatMap((source) => [
      { path: `${source}/planted.ts`, text: "export const used = 1;\nexport const planted = 2;\n" },
      { path: `${source}/index.ts`, text: (text: string) => `${text}export { used } from "./planted.ts";\n` },
    ]),
    {
      path: "packages/adapter-s3/package.json",
      text: (text) => text.replace('"dependencies": {', '"dependencies": { "planted-unused": "1.0.0",'),
    },
    { path: "packages/core/src/index.ts", text: (text) => `import "planted-undeclared";\n${text}` },
  ];
});

test("reports an unused file, and fails", () => {
  const { output, exitCode } = deadCode();
  expect(output).toMatch(/Unused files \(1\)\n *packages\/adapter-s3\/src\/planted-unused\.ts/);
  expect(exitCode).not.toBe(0);
});

test("reports an unused export of every package, and no other", () => {
  expect(deadCode().output).toContain(`Unused exports (${sources.length})`);
  for (const source of sources) expect(deadCode().output).toMatch(new RegExp(`planted +${source}/planted\\.ts`));
});

test("reports an unused dependency", () => {
  expect(deadCode().output).toMatch(/Unused dependencies \(1\)\n *planted-unused +packages\/adapter-s3\/package\.json/);
});

test("reports a dependency that is used but not declared", () => {
  expect(deadCode().output).toMatch(
    /Unlisted dependencies \(1\)\n *planted-undeclared +packages\/core\/src\/index\.ts/,
  );
});
