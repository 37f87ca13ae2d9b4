import { expect, test } from "vitest";

import { largeHeaders, others, paths, queries, singleHeaders, unusualHeaders } from "../origin-lock/client-controls.ts";
import { createCountingEdge } from "./counting-edge.ts";
import { checkVariation } from "./handler-suite.ts";

const edge = createCountingEdge();

test("the verify handler passes on or refuses every known variation of an upload", { timeout: 600_000 }, async () => {
  const corpus = [...singleHeaders, ...unusualHeaders, ...largeHeaders, ...queries, ...paths, ...others];
  const passed: string[] = [];
  for (const [name, change] of corpus) {
    const result = await checkVariation(edge, change);
    if (!("status" in result)) passed.push(name);
  }
  expect(passed).toEqual(
    expect.arrayContaining(["the header accept", "the query escaped throughout", 'Content-Encoding: "gzip"']),
  );
  expect(passed.length).toBeLessThan(corpus.length);
});
