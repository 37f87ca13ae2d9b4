import { expect, test } from "vitest";

import { GRANT_ID_HEADER, GRANT_ID_METADATA, grantIdOf } from "./grant-id.ts";

test.each([
  ["/uploads/6e0c", "6e0c"],
  ["uploads/6e0c", "6e0c"],
  ["/a/b.c/6e0c", "6e0c"],
  ["/6e0c", "6e0c"],
  ["6e0c", "6e0c"],
])("takes the grant id of %j to be %j, for a path and for a key", (path, id) => {
  expect(grantIdOf(path)).toBe(id);
});

test("names the header that S3 stores as this metadata", () => {
  expect(GRANT_ID_HEADER).toBe(`x-amz-meta-${GRANT_ID_METADATA}`);
});
