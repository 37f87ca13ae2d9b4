import { expect, test } from "vitest";

import { GRANT_ID_HEADER, GRANT_ID_METADATA, grantIdOf } from "./grant-id.ts";

test.each([
  ["/uploads/6e0c", "6e0c"],
  ["uploads/6e0c", "6e0c"],
  ["/a/b.c/6e0c", "6e0c"],
  ["/6e0c", "6e0c"],
  ["6e0c", "6e0c"],
])("the grant of %j is %j, be it a path or a key", (path, id) => {
  expect(grantIdOf(path)).toBe(id);
});

test("S3 stores the header as the metadata", () => {
  expect(GRANT_ID_HEADER).toBe(`x-amz-meta-${GRANT_ID_METADATA}`);
});
