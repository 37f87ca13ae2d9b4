import { expect, test } from "vitest";

import { runGate } from "./gate-test.ts";

/** `exports` and `size`: the gates that look at what was built. */
const check = runGate(
  "check",
  () => [
    {
      path: "packages/adapter-s3/package.json",
      text: (text) => text.replaceAll("./dist/doctor/index.js", "./dist/doctor/planted.js"),
    },
    { path: "packages/adapter-edge/dist/index.d.ts", text: (text) => `${text}export * from "./planted";\n` },
    { path: "packages/deploy-sst/dist/index.js", text: (text) => `${text}import "./planted.js";\n` },
    { path: "packages/core/package.json", text: (text) => text.replace("publishConfig", "plantedConfig") },
    { path: "packages/core/dist/planted.test.js", text: "" },
    { path: "packages/core/README.md", text: (text) => `${text}[a](../../docs/planted.md) [b](#planted)\n` },
    { path: "packages/core/dist/index.d.ts", text: (text) => `${text}export declare const planted: Response;\n` },
    { path: "packages/client/dist/index.js", text: (text) => text + weight(1_000) },
    { path: "packages/adapter-edge/dist/functions/verify-function.js", text: (text) => text + weight(20_000) },
  ],
  { args: ["exports", "size"], build: true },
);

test("exports and size fail", () => {
  expect(check().output).toMatch(/^failed: exports, size \(/m);
  expect(check().exitCode).toBe(1);
});

test("exports lists the entry points of a package that is in order", () => {
  expect(check().output).toMatch(/presign-once-settings-.*tgz: \d+ files, @presign-once\/settings\n/);
});

test.each([
  [
    "an entry point whose file is not packed",
    'pkg.exports["./doctor"].default is ./dist/doctor/planted.js but the file does not exist',
  ],
  ["declarations that lead nowhere", /@presign-once\/adapter-edge[^]*Internal resolution error/],
  ["an entry point that Node cannot import", /ERR_MODULE_NOT_FOUND.*Cannot find module '.*planted\.js'/],
  ["a published source condition", '@presign-once/core: exports["./testing"] is published with its "source" condition'],
  ["a link that leads out of the tarball", "@presign-once/core: README.md links to ../../docs/planted.md"],
  ["a link to a missing heading", "@presign-once/core: README.md links to #planted"],
  ["a published test", "@presign-once/core: dist/planted.test.js does not belong in the tarball"],
  ["a declaration of core that needs the DOM", /core does not compile without[^]*Cannot find name 'Response'/],
])("exports reports %s", (_, report) => {
  expect(check().output).toMatch(report);
});

test.each(["client, bundled", "edge function: verify"])("size reports that it grew: %s", (name) => {
  expect(check().output).toMatch(new RegExp(`${name}\\s+Package size limit has exceeded by`));
});

test.each(["core, bundled", "adapter-fetch, bundled", "edge function: issue"])("size measures %s", (name) => {
  expect(check().output).toMatch(new RegExp(`${name}\\s+Size limit`));
});

/** Text that gzip cannot compress, as a declaration. */
function weight(length: number): string {
  const text = Array.from({ length }, () => Math.random().toString(36).slice(2, 12)).join("");
  return `export const planted = "${text}"; globalThis.planted = planted;\n`;
}
