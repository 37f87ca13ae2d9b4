import { configDefaults } from "vitest/config";

const roots = [
  "packages/client",
  "packages/core",
  "packages/settings",
  "packages/adapter-s3",
  "packages/adapter-edge",
  "packages/adapter-fetch",
  "packages/cli",
  "packages/deploy-sst",
  "packages/local-edge",
  "test",
  "bench",
];

/** Tests that `pnpm test` leaves to `test:ceph`, `deploy:check`, `test:heavy` and `test:published`. */
const exclude = [...configDefaults.exclude, "**/*.{ceph,deploy,heavy,published}.test.ts"];

/** The test projects of the workspace; `vitest.config.ts` imports the list, since Vitest 4 and later ignore this file by itself. */
export const projects = roots.map((root) => ({
  extends: true as const,
  test: { name: root.replace("packages/", ""), root, exclude },
}));
