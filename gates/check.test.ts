import { expect } from "vitest";

import { test } from "./gate-test.ts";

test("pnpm check runs every gate, and names each one that fails", async ({ workspace }) => {
  await workspace.plant("packages/core/src/planted.test.ts", "export const planted:number = `${[1 as any]}`\n");
  await workspace.plant("packages/core/src/planted.ts", "export const planted = 1;\n");
  await workspace.plant("packages/core/package.json", (text) => text.replace("publishConfig", "plantedConfig"));
  await workspace.plant(".size-limit.json", (text) => text.replace(/"limit": "\d+ kB"/, '"limit": "1 kB"'));

  const { exitCode, output } = await workspace.run("check");

  expect(output).toMatch(/^failed: exports, size, format:check, lint, typecheck, dead-code \(/m);
  expect(exitCode).toBe(1);
});

test("pnpm check stops that lane if the build fails", async ({ workspace }) => {
  const outside = 'export type { SignatureIndex } from "../../core/src/index.ts";\n';
  await workspace.plant("packages/adapter-s3/src/planted.ts", outside);

  const { exitCode, output } = await workspace.run("check");

  expect(output).toMatch(/FAILED build[^]*adapter-s3[^]*src\/planted\.ts.*error TS\d+/);
  expect(output).toMatch(/^failed: build, /m);
  expect(exitCode).toBe(1);
});
