import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

const CLI = fileURLToPath(new URL("cli.ts", import.meta.url));

/** Runs the command in a process in which a package cannot be found, by Node's own word. */
function runWithout(missing: string, ...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const hook = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from "node:module";
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier.split("/").slice(0, ${missing.split("/").length}).join("/") === ${JSON.stringify(missing)}
          ? next(specifier, { ...context, parentURL: "file:///nowhere/planted.js" })
          : next(specifier, context),
    });
  `)}`;
  return new Promise((resolve) => {
    const node = ["--conditions=source", `--import=${hook}`, CLI, ...args];
    const child = execFile(process.execPath, node, { env: { ...process.env, PORT: "0" } }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test.each([
  ["@presign-once/adapter-edge", ["bundle", "--config", "presign-once.json", "--out", "edge"]],
  ["@presign-once/local-edge", ["local"]],
])("without %s the command prints one line that says what to install", async (name, args) => {
  expect(await runWithout(name, ...args)).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `presign-once: ${args[0]}: needs ${name}: npm install ${name} @presign-once/cli\n`,
  });
});

test.each(["cloudfront", "lambda", "iam"])(
  "without the SDK's client for %s, smoke-test --aws says what to install, at once and for all three",
  async (service) => {
    const name = `@aws-sdk/client-${service}`;
    const all = "@aws-sdk/client-cloudfront @aws-sdk/client-lambda @aws-sdk/client-iam";
    expect(await runWithout(name, "smoke-test", "https://edge.example/url", "--aws")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `presign-once: smoke-test: needs ${name}: npm install ${all} @presign-once/cli\n`,
    });
  },
);

test.each([["bundle", "--config", "presign-once.json", "--out", "edge"], ["local"]])(
  "a module that is missing inside the package is reported as a bug: %s",
  async (...args) => {
    const { exitCode, stdout, stderr } = await runWithout("esbuild", ...args);
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`presign-once: ${args[0]}: Error: Cannot find package 'esbuild'`);
    expect(stderr).toContain("This is a bug; please report it.");
  },
);
