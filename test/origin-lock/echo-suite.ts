import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Place } from "../e2e/place.ts";
import { type Stack, startStack } from "../e2e/stack.ts";
import {
  largeHeaders,
  others,
  paths,
  queries,
  singleHeaders,
  unusualHeaders,
  type Variation,
} from "./client-controls.ts";
import { searchForEchoes } from "./echo-search.ts";
import { echoesTheRequest } from "./origin-answers.ts";
import { randomVariations } from "./random-variations.ts";

/** All constraints that `/url` takes, for the upload of `hello`. */
const EVERYTHING_BOUND = new URLSearchParams({
  "content-type": "text/plain; charset=utf-8",
  "content-length": "5",
  "max-bytes": "5",
  filename: "a+b & c/\u00fc.txt",
  sha256: createHash("sha256").update("hello").digest("hex"),
})
  .toString()
  .replaceAll("+", "%20");

/** How far to search, and on what. */
interface Search {
  /** Whether to try every header by itself. */
  readonly everyHeader: boolean;
  /** How many variations by chance. */
  readonly random: number;
}

/**
 * The search for a request that the edge passes on and the origin refuses: such an answer may repeat the request, and
 * with it the origin lock. There must be none.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeEchoSearch(name: string, search: Search, start: () => Promise<Place>): void {
  describe(`whatever a client controls, on ${name}`, { timeout: 600_000 }, () => {
    let place: Place;
    let stack: Stack;
    beforeAll(async () => {
      place = await start();
      stack = await startStack(place.server, place.bucket, { ...place.options, concurrency: 4 });
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    /** Runs a search, expects it to find nothing, and returns what was passed on. */
    async function findNothing(variations: readonly Variation[], parameters = ""): Promise<readonly string[]> {
      const { passed, refused, findings } = await searchForEchoes(stack, variations, parameters);
      console.log(
        `${name}: of ${variations.length} variations ${passed.length} passed on, ${refused.length} refused by the edge`,
      );
      expect(findings).toEqual([]);
      expect(passed.length + refused.length).toBe(variations.length);
      return passed;
    }

    test("a request with a wrong signature is repeated, headers included, as AWS does", async () => {
      const { pathname, search: query } = new URL(await stack.issue());
      const headers = { "x-once-lock": "seen-by-all", "x-amz-meta-presign-once-id": "1" };
      const answer = await stack.send(stack.local.originUrl + pathname + query, { headers });
      expect(answer).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
      expect([echoesTheRequest(answer), answer.body.includes("seen-by-all")]).toEqual([true, true]);
    });

    if (search.everyHeader)
      test("no single header makes the origin refuse an upload that the edge passed on", async () => {
        const passed = await findNothing(singleHeaders);
        expect(passed).toEqual(expect.arrayContaining(["the header accept", "the header x-forwarded-host"]));
        for (const header of ["authorization", "x-amz-acl", "x-amz-meta-presign-once-id", "x-once-lock", "if-match"])
          expect(passed).not.toContain(`the header ${header}`);
      });

    test("no unusual value, repetition or misspelt name makes it refuse", async () => {
      const passed = await findNothing(unusualHeaders);
      expect(passed).toEqual(expect.arrayContaining(["Cookie twice", 'Content-Encoding: "gzip"']));
    });

    test("no size of the headers makes it refuse", async () => {
      const passed = await findNothing(largeHeaders);
      expect(passed).toEqual(
        expect.arrayContaining(["6 kB of user-agent", "12 kB of x-note", "1.7 kB of cache-control"]),
      );
      for (const tooLong of ["8 kB of user-agent", "1.8 kB of cache-control"]) expect(passed).not.toContain(tooLong);
    });

    test("no encoding of query or path, method, version or body makes it refuse", async () => {
      const passed = await findNothing([...queries, ...paths, ...others]);
      expect(passed).toEqual(expect.arrayContaining(["the query turned round", "the query with an escaped name"]));
      expect(passed).not.toContain("the query with another parameter");
    });

    test("none of these makes it refuse a URL with all constraints", async () => {
      const passed = await findNothing([...unusualHeaders, ...largeHeaders, ...queries], EVERYTHING_BOUND);
      expect(passed).toEqual(expect.arrayContaining(["Cookie twice", "the query turned round"]));
      expect(passed).toEqual(expect.arrayContaining(["4 kB of user-agent"]));
      expect(passed).not.toContain('Content-Type: "text/plain\\t"');
    });

    test(`nor do ${search.random} variations by chance`, async () => {
      const passed = await findNothing(randomVariations(search.random, Date.now() % 2 ** 31));
      expect(passed.length).toBeGreaterThan(0);
    });
  });
}
