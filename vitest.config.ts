import { defineConfig } from "vitest/config";

import { reporters } from "./scripts/test-reporters.ts";
import { projects } from "./vitest.workspace.ts";

const conditions = ["source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { projects, reporters },
});
