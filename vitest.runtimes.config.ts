import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { defineConfig } from "vitest/config";

import { reporters } from "./scripts/test-reporters.ts";

const conditions = ["source", "node", "import", "default"];

/** Runtimes that run the tests where somebody has them, since each is 100 MB. */
const optional = ["bun", "deno"].filter((command) =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command))),
);

/** `pnpm test:runtimes`: the tests of `core` once more, in workerd and in Chromium; in Deno and Bun if they are there. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "runtimes",
    include: ["chromium", "workerd", ...optional].map((runtime) => `test/runtimes/${runtime}.runtimes.ts`),
    globalSetup: ["test/browser/chromium-setup.ts", "test/runtimes/tests-in-node.ts"],
    fileParallelism: false,
    expect: { poll: { timeout: 10_000 } },
    reporters,
  },
});
