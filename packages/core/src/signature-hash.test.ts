import { createHash } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import { hashCanonicalRequest, isSignatureHash } from "./signature-hash.ts";

test("a signature hash is the SHA-256 of the canonical request in UTF-8, in lower-case hex", async () => {
  expect(await hashCanonicalRequest("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (canonical) => {
      expect(await hashCanonicalRequest(canonical)).toBe(createHash("sha256").update(canonical, "utf8").digest("hex"));
    }),
  );
});

test("every hash has the form of a hash", async () => {
  expect(isSignatureHash(await hashCanonicalRequest("PUT\n/\n"))).toBe(true);
});

test.each([
  ["63 digits", "a".repeat(63)],
  ["65 digits", "a".repeat(65)],
  ["upper case", "A".repeat(64)],
  ["another letter", `${"a".repeat(63)}g`],
  ["a line end after it", `${"a".repeat(64)}\n`],
  ["a folder before it", `signatures/${"a".repeat(64)}`],
])("%s is not a hash", (_, text) => {
  expect(isSignatureHash(text)).toBe(false);
});
