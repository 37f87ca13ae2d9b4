import { join, resolve } from "node:path";

import { defineConfig } from "vitest/config";

import { reporters } from "../../scripts/test-reporters.ts";

const conditions = ["source", "node", "import", "default"];

/** `pnpm test:published`: the packages as they would be published, installed by npm and run by every Node they are for. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "published",
    root: resolve(import.meta.dirname, "..", ".."),
    include: [join("test", "published", "*.test.ts")],
    reporters,
    testTimeout: 120_000,
  },
});
