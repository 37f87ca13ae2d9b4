import { expect } from "vitest";

import { test } from "./gate-test.ts";

test("the tree is clean, and the linter read it with types", async ({ workspace }) => {
  const { exitCode, output } = await workspace.run("lint");

  expect(output).toContain("Found 0 warnings and 0 errors.");
  expect(Number(/on (\d+) files/.exec(output)?.[1])).toBeGreaterThan(60);
  expect(exitCode).toBe(0);
});

/** The rule that has to speak up, and what it speaks up about. */
const forbidden = {
  "no-explicit-any": "export function planted(value: any): unknown { return value; }",
  "no-unsafe-assignment": "export const planted: string[] = JSON.parse('[]');",
  "no-floating-promises": "export function planted(claim: () => Promise<void>): void { claim(); }",
  "no-misused-promises": "export const planted = (claim: Promise<boolean>): string => (claim ? 'won' : 'lost');",
  "no-non-null-assertion": "export const planted = (list: string[]): string => list[0]!;",
  "switch-exhaustiveness-check": "export function planted(tag: 1 | 2): void { switch (tag) { case 1: break; } }",
  "only-throw-error": "export function planted(): never { throw 'planted'; }",
  "no-default-export": "export default function planted(): void {}",
  "Unused oxlint-disable directive": "// oxlint-disable-next-line eqeqeq\nexport const planted = 1;",
};

test("reports each forbidden pattern by its own rule", async ({ workspace }) => {
  const plants = Object.entries(forbidden).map(([rule, source], index) => ({
    path: `packages/adapter-s3/src/planted-${index}.ts`,
    rule,
    source,
  }));
  for (const { path, source } of plants) await workspace.plant(path, `${source}\n`);

  const { exitCode, output } = await workspace.run("lint", "--format", "unix");

  for (const { path, rule } of plants) expect(output).toMatch(new RegExp(`^${path}:.*${rule}`, "m"));
  expect(exitCode).not.toBe(0);
});

test("allows non-null assertions in tests", async ({ workspace }) => {
  await workspace.plant("packages/adapter-s3/src/planted.test.ts", `${forbidden["no-non-null-assertion"]}\n`);

  const { output } = await workspace.run("lint", "--format", "unix");

  expect(output).not.toContain("planted.test.ts");
});

test("a file name that is not in kebab case is reported", async ({ workspace }) => {
  await workspace.plant("packages/core/src/plantedFile.ts", "export const planted = 1;\n");

  const { exitCode, output } = await workspace.run("lint", "--format", "unix");

  expect(output).toMatch(/^packages\/core\/src\/plantedFile\.ts:.*filename-case/m);
  expect(exitCode).not.toBe(0);
});

test("files that import each other in a circle are reported", async ({ workspace }) => {
  await workspace.plant("packages/core/src/planted-a.ts", 'export { planted } from "./planted-b.ts";\n');
  const back = 'import * as a from "./planted-a.ts";\nexport const planted = () => a;\n';
  await workspace.plant("packages/core/src/planted-b.ts", back);

  const { exitCode, output } = await workspace.run("lint", "--format", "unix");

  expect(output).toMatch(/^packages\/core\/src\/planted-[ab]\.ts:.*no-cycle/m);
  expect(exitCode).not.toBe(0);
});
