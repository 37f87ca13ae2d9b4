import { describe, expect, test } from "vitest";

import { runGate } from "./gate-test.ts";

describe("pnpm check", () => {
  const check = runGate("check", () => [
    { path: "packages/core/src/planted.test.ts", text: "export const planted:number = `${[1 as any]}`\n" },
    { path: "packages/core/src/planted.ts", text: "export const planted = 1;\n" },
    { path: "packages/core/package.json", text: (text) => text.replace("publishConfig", "plantedConfig") },
    { path: "gates/size-limit.json", text: (text) => text.replace(/"limit": "\d+ kB"/, '"limit": "1 kB"') },
  ]);

  test("runs every gate, and names each one that fails", () => {
    expect(check().output).toMatch(/^failed: exports, size, format:check, lint, typecheck, dead-code \(/m);
    expect(check().exitCode).toBe(1);
  });
});

describe("pnpm check build exports", () => {
  const check = runGate(
    "check",
    () => [
      {
        path: "packages/adapter-s3/src/planted.ts",
        text: 'export type { SignatureIndex } from "../../core/src/index.ts";\n',
      },
    ],
    { args: ["build", "exports"] },
  );

  test("runs these gates only, and stops where the build does", () => {
    expect(check().output).toMatch(/FAILED build[^]*adapter-s3[^]*src\/planted\.ts.*error TS\d+/);
    expect(check().output).toMatch(/^failed: build \(/m);
    expect(check().output).not.toMatch(/^(?:ok|FAILED) +(?:exports|lint)/m);
    expect(check().exitCode).toBe(1);
  });
});
