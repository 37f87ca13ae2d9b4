import { defineConfig } from "vitest/config";

import { reporters } from "../scripts/test-reporters.ts";

export default defineConfig({
  test: {
    name: "gates",
    root: import.meta.dirname,
    reporters,
    // Each test runs a whole gate; each file has a copy of the workspace to itself.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});
