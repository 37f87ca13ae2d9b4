import { defineConfig } from "vitest/config";

import { reporters } from "./scripts/test-reporters.ts";
import { projects } from "./vitest.workspace.ts";

const conditions = ["source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // More than there are cores: most files wait for a server, or for a deadline to pass.
  test: { projects, reporters, maxWorkers: 4, testTimeout: 30_000, expect: { poll: { timeout: 10_000 } } },
});
