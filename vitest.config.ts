import { defineConfig } from "vitest/config";

import { projects } from "./vitest.workspace.ts";

const conditions = ["source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { projects },
});
