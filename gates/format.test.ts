import { expect } from "vitest";

import { test } from "./gate-test.ts";

test("the tree is formatted, and the formatter read it", async ({ workspace }) => {
  const { exitCode, output } = await workspace.run("format:check");

  expect(output).toContain("All matched files use the correct format.");
  expect(Number(/on (\d+) files/.exec(output)?.[1])).toBeGreaterThan(60);
  expect(exitCode).toBe(0);
});

test.for([
  "packages/core/src/planted.ts",
  "packages/local-edge/src/planted.test.ts",
  "test/planted.ts",
  "planted.json",
])("%s is reported when it is not formatted", async (path, { workspace }) => {
  await workspace.plant(path, path.endsWith(".json") ? '{"planted":   1}\n' : "export const planted = {a:1}\n");

  const { exitCode, output } = await workspace.run("format:check");

  expect(output).toContain(path);
  expect(exitCode).not.toBe(0);
});
