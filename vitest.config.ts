import { defineConfig, type ViteUserConfig } from "vitest/config";

import { reporters } from "./scripts/test-reporters.ts";
import { suites } from "./scripts/test-suites.ts";
import { projects } from "./vitest.workspace.ts";

// "import" is Vite's own; named here it would reach Node, whose require() then gets ES modules.
const conditions = ["source", "node"];

const unitTests: ViteUserConfig["test"] = {
  projects,
  // More than there are cores: most files wait for a server, or for a deadline to pass.
  maxWorkers: 6,
  testTimeout: 30_000,
};
const suite = process.env["TEST_SUITE"] ?? "";

/** The unit tests; with `TEST_SUITE`, as `pnpm test SUITE` sets it, another suite. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { ...(suites[suite]?.test ?? unitTests), reporters, expect: { poll: { timeout: 10_000 } } },
});
