/** The test projects of the workspace; `vitest.config.ts` imports the list, since Vitest 4 and later ignore this file by itself. */
export const projects = ["packages/core", "packages/adapter-s3", "packages/adapter-edge", "packages/local-edge", "test"].map(
  (root) => ({ extends: true as const, test: { name: root.replace("packages/", ""), root } }),
);
