import { defineConfig } from "vitest/config";

import { reporters } from "./scripts/test-reporters.ts";

const conditions = ["source", "node", "import", "default"];

/** `pnpm test:heavy`: the races at full size, which take longer than `pnpm test` may. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "heavy",
    include: ["{packages,test}/**/*.heavy.test.ts"],
    testTimeout: 300_000,
    expect: { poll: { timeout: 10_000 } },
    reporters,
  },
});
