import { expect } from "vitest";

import { test } from "./gate-test.ts";

test.beforeAll(async ({ copy }) => {
  const { exitCode, output } = await copy.run("build");
  expect(exitCode, output).toBe(0);
});

/** Text that gzip cannot make smaller, as a declaration. */
const weight = (length: number) => {
  const text = Array.from({ length }, () => Math.random().toString(36).slice(2, 12)).join("");
  return `export const planted = "${text}"; globalThis.planted = planted;\n`;
};

test("core and both edge functions are within their limits", async ({ workspace }) => {
  const { exitCode, output } = await workspace.run("size");

  for (const name of ["core, bundled", "edge function: issue", "edge function: verify", "client", "adapter-fetch"])
    expect(output).toContain(name);
  expect(output.match(/Size:\s+\d+/g)).toHaveLength(5);
  expect(exitCode).toBe(0);
});

test("reports a larger core", async ({ workspace }) => {
  await workspace.plant("packages/core/dist/index.js", (text) => text + weight(1_000));

  const { exitCode, output } = await workspace.run("size");

  expect(output).toMatch(/core, bundled\s+Package size limit has exceeded by/);
  expect(exitCode).not.toBe(0);
});

test("reports a larger edge function", async ({ workspace }) => {
  await workspace.plant("packages/adapter-edge/dist/functions/verify-function.js", (text) => text + weight(20_000));

  const { exitCode, output } = await workspace.run("size");

  expect(output).toMatch(/edge function: verify\s+Package size limit has exceeded by/);
  expect(output).toMatch(/edge function: issue\s+Size limit/);
  expect(exitCode).not.toBe(0);
});
