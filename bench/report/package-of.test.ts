import { expect, test } from "vitest";

import { packageOf } from "./package-of.ts";

test.each([
  ["node_modules/.pnpm/bowser@2.14.1/node_modules/bowser/es5.js", "bowser"],
  ["node_modules/.pnpm/@smithy+core@3.1.0/node_modules/@smithy/core/dist-es/index.js", "@smithy/core"],
  ["packages/core/src/edge/claim.ts", "@presign-once/core"],
  ["../wherever/packages/adapter-s3/src/index.ts", "@presign-once/adapter-s3"],
  ["bench/cold/handlers/empty.ts", "bench/cold/handlers/empty.ts"],
])("%s belongs to %s", (path, name) => {
  expect(packageOf(path)).toBe(name);
});
