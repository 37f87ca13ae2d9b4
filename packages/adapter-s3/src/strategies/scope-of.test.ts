import { expect, test } from "vitest";

import type { IndexS3 } from "../s3/index-s3.ts";
import { scopeOf } from "./scope-of.ts";
import { strategies, strategyNames } from "./strategies.ts";

test.each(strategyNames)("an index tells its scope: %s", (strategy) => {
  const s3 = {} as IndexS3;
  const { create } = strategies[strategy];
  expect(create({ s3, bucket: "my-index" }).scope).toBe(scopeOf({ strategy, bucket: "my-index" }));
  const place = { bucket: "my-index", prefix: "other/" };
  expect(create({ s3, ...place }).scope).toBe(scopeOf({ strategy, ...place }));
});
