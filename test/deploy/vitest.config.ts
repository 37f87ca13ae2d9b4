import { join, resolve } from "node:path";

import { defineConfig } from "vitest/config";

import { reporters } from "../../scripts/test-reporters.ts";

const conditions = ["source", "node", "import", "default"];

/** `pnpm deploy:check`: deployments rehearsed with the real SST, without AWS. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "deploy",
    root: resolve(import.meta.dirname, "..", ".."),
    include: [join("test", "deploy", "*.deploy.test.ts")],
    reporters,
    // SST takes seconds for each command, and two at a time would be in each other's way.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    bail: 1,
  },
});
