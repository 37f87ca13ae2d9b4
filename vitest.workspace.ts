import { configDefaults } from "vitest/config";

/** Tests of the other suites: `pnpm test --help`. */
const exclude = [...configDefaults.exclude, "**/*.{ceph,deploy,heavy,published,search,stores}.test.ts"];

/** The test projects of the workspace; `vitest.config.ts` imports the list, since Vitest 4 and later ignore this file by itself. */
export const projects = ["packages", "test", "bench"].map((root) => ({
  extends: true as const,
  // A worker is not started anew for each file: no test file leaves anything behind in its process.
  test: { name: root, root, exclude, isolate: false },
}));
