import { expect, test } from "vitest";

import { compilePathPattern } from "./path-pattern.ts";

test.each([
  ["/url", "/url", true],
  ["url", "/url", true],
  ["/url", "/URL", false],
  ["/url", "/url/", false],
  ["/url", "/url2", false],
  ["/a.b", "/axb", false],
  ["/images/*.jpg", "/images/a/b.jpg", true],
  ["/a??.jpg", "/ant.jpg", true],
  ["/a??.jpg", "/ants.jpg", false],
  ["*", "/anything", true],
  ["/url", "/./url", true],
  ["/url", "/x/../url", true],
  ["/url", "/%75rl", true],
  ["/url", "/%2Furl", false],
  ["/url/", "/url/x/..", true],
])("the pattern %s on the path %s gives %s", (pattern, path, expected) => {
  expect(compilePathPattern(pattern)(path)).toBe(expected);
});
