import { beforeAll, expect, test } from "vitest";

import { runGate } from "./gate-test.ts";
import { allowedImports, forbiddenImports, imports } from "./planted-imports.ts";

/** A rule of the linter, and a line that it must report. */
const forbiddenCode = {
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

const codePlants = Object.entries(forbiddenCode).map(([rule, text], index) => ({
  path: `packages/adapter-s3/src/planted-code-${index}.ts`,
  text: `${text}\n`,
  rule,
}));
const forbiddenPlants = forbiddenImports.map(([file, text, rule], index) => ({
  path: pathOf(file, `planted-${index}`),
  text: `${text}\n`,
  rule,
}));
/** Rows that name a file add to it. The debugger statement shows that the linter read the file. */
const allowedPlants = allowedImports.map(([file, text], index) => ({
  path: pathOf(file, `planted-allowed-${index}`),
  text: (before: string) => `${before}${text}\ndebugger;\n`,
}));
const assertingTest = "packages/adapter-s3/src/planted-assertion.test.ts";
const otherPlants = [
  { path: assertingTest, text: `${forbiddenCode["no-non-null-assertion"]}\ndebugger;\n` },
  { path: "packages/core/src/plantedFile.ts", text: "export const planted = 1;\n" },
  { path: "packages/core/src/planted-a.ts", text: 'export { planted } from "./planted-b.ts";\n' },
  {
    path: "packages/core/src/planted-b.ts",
    text: 'import * as a from "./planted-a.ts";\nexport const planted = () => a;\n',
  },
  { path: "packages/adapter-s3/src/strategies/planted.ts", text: 'export * from "zod";\n' },
];
const plants = [...codePlants, ...forbiddenPlants, ...allowedPlants, ...otherPlants];

const lint = runGate("lint", () => plants, { args: ["--format", "json"] });

/** A problem as the linter's JSON names it; the one about an unused directive has no code. */
interface Problem {
  readonly filename: string;
  readonly message: string;
  readonly code?: string;
  readonly help?: string;
}

let problems: readonly Problem[] = [];
beforeAll(() => {
  problems = (JSON.parse(lint().output) as { diagnostics: Problem[] }).diagnostics;
});

test("reports each forbidden construct by its own rule, and fails", () => {
  for (const { path, rule } of codePlants) expect(problemsOf(path)).toContainEqual(expect.stringContaining(rule));
  expect(lint().exitCode).not.toBe(0);
});

test("reports every import that points outward", () => {
  const missed = forbiddenPlants.filter(
    ({ path, rule }) => !problemsOf(path).some((problem) => problem.includes(rule)),
  );
  expect(missed).toEqual([]);
});

test("allows the imports that a layer needs", () => {
  for (const { path } of allowedPlants) {
    expect(problemsOf(path)).toContainEqual(expect.stringContaining("no-debugger"));
    expect(problemsOf(path)).not.toContainEqual(expect.stringContaining(imports));
  }
});

test("says what a layer may import", () => {
  expect(problems).toContainEqual(
    expect.objectContaining({
      filename: "packages/adapter-s3/src/strategies/planted.ts",
      help: expect.stringContaining(
        "packages/adapter-s3/src/strategies may import only its own files and: @presign-once/core, @presign-once/core/forms, node:*, s3/",
      ),
    }),
  );
});

test("allows a test to assert that a value is present", () => {
  expect(problemsOf(assertingTest)).toEqual([expect.stringContaining("no-debugger")]);
});

test("reports a file name that is not in kebab case", () => {
  expect(problemsOf("packages/core/src/plantedFile.ts")).toContainEqual(expect.stringContaining("filename-case"));
});

test("reports files that import each other", () => {
  expect(problems.find(({ code = "" }) => code.includes("no-cycle"))?.filename).toMatch(
    /^packages\/core\/src\/planted-[ab]\.ts$/,
  );
});

test("reports nothing but what was planted", () => {
  const planted = new Set(plants.map(({ path }) => path));
  expect(problems.filter(({ filename }) => !planted.has(filename))).toEqual([]);
});

function pathOf(file: string, name: string): string {
  return `${file.replace(/\bx(?=\.test$|$)/, name)}.ts`;
}

/** The problems of one file, as rule and message. */
function problemsOf(path: string): string[] {
  return problems.filter(({ filename }) => filename === path).map(({ code = "", message }) => `${code}: ${message}`);
}
