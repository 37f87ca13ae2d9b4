import { defineConfig } from "vitest/config";

import { reporters } from "./scripts/test-reporters.ts";

const conditions = ["source", "node", "import", "default"];

/** `pnpm test:browser`: the tests that need Chromium or Firefox, which are installed if missing. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "browser",
    include: ["test/browser/*.browser.ts"],
    globalSetup: "test/browser/chromium-setup.ts",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    reporters,
  },
});
