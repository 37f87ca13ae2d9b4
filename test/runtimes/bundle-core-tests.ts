import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { build, type Plugin } from "esbuild";

import type { Mutant } from "../mutants/mutant.ts";

const workspace = resolve(import.meta.dirname, "../..");
const core = join(workspace, "packages/core");

/**
 * Bundles every test file of `core`, as it is, together with Vitest's own runner, for any runtime with ECMAScript and Web
 * Crypto.
 *
 * @param mutant  something to make wrong in the bundle
 * @returns       text of a module that exports `run(): Promise<RuntimeReport>`
 * @throws when a test imports what not every runtime has, such as `node:fs`
 */
export async function bundleCoreTests(mutant?: Mutant): Promise<string> {
  const files = await readdir(join(core, "src"), { recursive: true });
  const names = files.filter((file) => file.endsWith(".test.ts")).map((file) => `src/${file}`);
  const imports = names
    .sort()
    .map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(join(core, name))})`);
  // All of it is imported inside `run`: workerd forbids timers and randomness while a module is loaded.
  const contents = `export async function run() {
    const { runTestFiles } = await import("./run-test-files.ts");
    return runTestFiles({ ${imports.join(", ")} });
  }`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["source", "import", "default"],
    define: { "process.env.NODE_ENV": '"test"' },
    // Asked for by benchmarks only, which are not here.
    external: ["vitest/runtime"],
    plugins: mutant === undefined ? [] : [plant(mutant)],
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

function plant({ file, original, replacement }: Mutant): Plugin {
  return {
    name: "mutant",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== join(workspace, file)) return undefined;
        const text = await readFile(path, "utf8");
        if (text.split(original).length !== 2) throw new Error(`${file}: not there exactly once: ${original}`);
        return { contents: text.replace(original, () => replacement), loader: "ts" };
      });
    },
  };
}
