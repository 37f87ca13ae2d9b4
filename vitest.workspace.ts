import { configDefaults } from "vitest/config";

const roots = [
  "packages/client",
  "packages/core",
  "packages/adapter-s3",
  "packages/adapter-edge",
  "packages/adapter-fetch",
  "packages/cli",
  "packages/deploy-sst",
  "packages/local-edge",
  "test",
];

/** Tests that `pnpm test` leaves to `pnpm test:ceph` and `pnpm test:heavy`. */
const exclude = [...configDefaults.exclude, "**/*.{ceph,deploy,heavy}.test.ts"];

/** The test projects of the workspace; `vitest.config.ts` imports the list, since Vitest 4 and later ignore this file by itself. */
export const projects = roots.map((root) => ({
  extends: true as const,
  test: { name: root.replace("packages/", ""), root, exclude },
}));
