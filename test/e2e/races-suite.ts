import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Place } from "./place.ts";
import { type Stack, startStack } from "./stack.ts";

const UPLOADS_PER_URL = 32;
const BODY_BYTES = 4_096;

/**
 * Everybody at once: 32 uploads race for each of many URLs, through every environment of the functions.
 *
 * @param name   of the server and strategy
 * @param urls   how many URLs, one after the other
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeRaces(name: string, urls: number, start: () => Promise<Place>): void {
  describe(`races on ${name}`, () => {
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

    test(
      `${urls} URLs, ${UPLOADS_PER_URL} parallel uploads each: one winner each, its object whole`,
      { timeout: 300_000 },
      async () => {
        let accepted = 0;
        let refused = 0;
        for (let n = 0; n < urls; n++) {
          const url = await stack.issue();
          const uploads = Array.from({ length: UPLOADS_PER_URL }, async (_, writer) => {
            const answer = await stack.send(url, { body: bodyOf(writer) });
            if (answer.status !== 200) expect(answer).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
            return answer.status === 200 ? [writer] : [];
          });
          const winners = (await Promise.all(uploads)).flat();
          accepted += winners.length;
          refused += UPLOADS_PER_URL - winners.length;
          expect(winners).toHaveLength(1);
          expect(await stack.objectOf(url)).toEqual(Buffer.from(bodyOf(winners[0]!)));
        }
        expect([accepted, refused]).toEqual([urls, urls * (UPLOADS_PER_URL - 1)]);
      },
    );
  });
}

function bodyOf(writer: number): string {
  return String.fromCharCode(65 + writer).repeat(BODY_BYTES);
}
