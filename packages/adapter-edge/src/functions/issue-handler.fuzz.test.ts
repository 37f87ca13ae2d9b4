import { percentEncode } from "@presign-once/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { createInMemoryEdge, EDGE } from "../../test/in-memory-edge.ts";
import { readAnswer } from "../../test/read-answer.ts";

const LIMITS = { expiresInSeconds: 60, maxExpiresInSeconds: 600, maxBytes: 5_000 };
const JSON_ONLY = ["Accept", "application/json"] as const;

interface GrantJson {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentLength?: number;
  readonly expiresAt: string;
}

const size = fc.integer({ min: -1, max: 6_000 }).map(String);
/** Mostly valid values, so that most requests are granted. */
const good: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "expires-in": fc.integer({ min: 0, max: 700 }).map(String),
  "max-bytes": size,
  "content-length": size,
  "content-type": fc.oneof(
    fc.constantFrom("image/png", "text/plain; charset=utf-8", "image/svg+xml", "x/y"),
    fc.string({ minLength: 1, maxLength: 300 }).map((name) => `x/${name}`),
    fc.integer({ min: 1, max: 20_000 }).map((length) => `text/plain; charset=${"x".repeat(length)}`),
  ),
  filename: fc.string({ unit: anyCharacter, maxLength: 1_100 }),
  sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
};
const asked = fc.record(good, { requiredKeys: [] }).map((parameters) =>
  Object.entries(parameters)
    .map(([name, value = ""]) => `${name}=${percentEncode(value)}`)
    .join("&"),
);
const anything = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 2_000 }),
  fc.webQueryParameters(),
  fc
    .array(fc.constantFrom("&", "=", "%", "%2", "filename", "expires-in", "1", "max-bytes", "\0", "+"))
    .map((parts) => parts.join("")),
);

test("answers any query without a 5xx and within the limits, and each grant works once as granted", async () => {
  const counts = { granted: 0, refused: 0 };
  const property = fc.asyncProperty(
    fc.oneof({ arbitrary: asked, weight: 3 }, { arbitrary: anything, weight: 1 }),
    async (query) => {
      const edge = createInMemoryEdge({ limits: LIMITS });
      // Not in the URL of the event, which could not hold every character that is tried here.
      const answer = readAnswer(
        await edge.askForUrl({ url: `${EDGE}/url?${query.replace(/[\r\n]/g, "")}`, headers: [JSON_ONLY] }),
      );
      if (answer.status !== 200) {
        counts.refused++;
        expect(answer.status).toBe(400);
        expect(edge.calls).toEqual([]);
        return;
      }
      counts.granted++;
      const { url, headers, contentLength, expiresAt } = JSON.parse(answer.body) as GrantJson;
      const lifeSeconds = (Date.parse(expiresAt) - edge.clock.now().getTime()) / 1000;
      expect(lifeSeconds).toBeGreaterThanOrEqual(1);
      expect(lifeSeconds).toBeLessThanOrEqual(LIMITS.maxExpiresInSeconds);
      const maxBytes = Number(new URL(url).searchParams.get("x-once-max-bytes"));
      expect(maxBytes).toBeLessThanOrEqual(LIMITS.maxBytes);

      const length = String(contentLength ?? maxBytes);
      const send = (bytes: string) =>
        edge.upload({
          url,
          without: ["content-length"],
          headers: [["Content-Length", bytes], ...Object.entries(headers)],
        });
      expect(readAnswer(await send(String(maxBytes + 1))).status).toBe(400);
      expect(await send(length)).toHaveProperty("uri");
      expect(readAnswer(await send(length)).status).toBe(403);
    },
  );
  await fc.assert(property, { numRuns: 400 });
  expect(counts.granted).toBeGreaterThan(40);
  expect(counts.refused).toBeGreaterThan(40);
});
