import { defineConfig } from "vitest/config";

import { reporters } from "./scripts/test-reporters.ts";

const conditions = ["source", "node", "import", "default"];

/** `pnpm test:ceph`: the tests that need a Ceph, against one that is installed if missing and started for the run. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "ceph",
    include: ["{packages,test}/**/*.ceph.test.ts"],
    globalSetup: "test/servers/ceph-setup.ts",
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    reporters,
  },
});
