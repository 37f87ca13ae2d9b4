import * as fc from "fast-check";
import { expect, test } from "vitest";

import { encodeTicket, type Ticket } from "../../packages/core/src/ticket/ticket.ts";
import { tokenText } from "../../packages/core/src/ticket/token.ts";
import { createCountingEdge, draftEvent } from "./counting-edge.ts";
import { draftOf, replacingFields } from "./upload-draft.ts";

const DIGEST = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
const PREFIX = "uploads/";

/** Mostly the good ones, so that many tickets pass, and each bad part is tried in one that is good otherwise. */
const mostly = <T>(good: fc.Arbitrary<T>, ...bad: fc.Arbitrary<T>[]) =>
  fc.oneof({ weight: 5 * bad.length, arbitrary: good }, ...bad);

const name = mostly(
  fc.constantFrom("content-type", "content-length", "cache-control", "expires", "content-encoding", "x-amz-meta-a"),
  fc.constantFrom("x-amz-meta-", "x-amz-meta-a b", "x-amz-meta-A", "x-amz-meta-a_b", "x-amz-meta-presign-once-id"),
  fc.constantFrom("x-amz-checksum-sha256", "x-amz-acl", "x-once-lock", "host", "if-none-match", "via"),
  fc.string({ maxLength: 4 }).map((end) => `x-amz-meta-${end}`),
);
const value = mostly(
  fc.constantFrom("a", "5", "text/plain", DIGEST, "Thu, 01 Jan 2026 00:00:00 GMT", "v".repeat(1_870)),
  fc.constantFrom("", "a  b", " a", "a\tb", "\r\nx-amz-acl: private", "aws-chunked", "1e1", "multipart/form-data"),
  fc.string({ maxLength: 4 }),
);
const id = mostly(
  fc.constantFrom("1", "a.pdf", "x".repeat(128)),
  fc.constantFrom("x".repeat(129), "x".repeat(1_000), "..", "a/b", "é"),
  fc.string({ minLength: 1, maxLength: 4 }),
);
const folder = mostly(
  fc.constantFrom("", "a/", `${"f".repeat(800)}/`),
  fc.constantFrom(`${"f".repeat(1_024)}/`, "../", "/"),
);
const ticket: fc.Arbitrary<Ticket> = fc
  .record({
    id,
    folder,
    other: fc.option(id, { freq: 10, nil: undefined }),
    lifeSeconds: mostly(fc.constantFrom(60, 900), fc.constantFrom(0, 901)),
    maxBytes: fc.constantFrom(undefined, 5, 2 ** 50),
    headers: fc.array(fc.tuple(name, value), { maxLength: 2 }),
  })
  .map(({ id: end, folder: between, other, ...rest }) => {
    const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
    return { id: end, key: PREFIX + between + (other ?? end), method: "PUT", issuedAt, ...rest };
  });

test("whatever ticket the holder of an edge key makes up, S3 stores each upload that passes", async () => {
  const edge = createCountingEdge("at-use");
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(ticket, async (made) => {
      const payload = encodeTicket(made);
      const url = await edge.forge(payload, tokenText("ticket", payload));
      const asked = edge.claims.asked;
      const result = await edge.call(draftEvent(replacingFields(...(made.headers ?? []))(draftOf(url))));
      if ("status" in result) {
        expect(edge.claims.asked).toBe(asked);
        return;
      }
      passed++;
      expect([edge.origin(result), made]).toEqual(["stored", made]);
      expect(result.uri.startsWith(`/${PREFIX}`)).toBe(true);
      expect(decodeURIComponent(result.uri).length).toBeLessThanOrEqual("/".length + 1_024);
    }),
    { numRuns: 2_000 },
  );
  expect(passed).toBeGreaterThan(50);
});
