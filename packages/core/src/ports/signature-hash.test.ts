import fc from "fast-check";
import { expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { toHex } from "../bytes/bytes.ts";
import { hashCanonicalRequest } from "./signature-hash.ts";

test.each([
  ["nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["one block", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "two blocks",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["text beyond ASCII", "é🗝", "3270e0b3125670317a933f3117e6401f79debe8890c3aca702da0e83cabcc91e"],
])("computes the known SHA-256 of %s", async (_, canonical, hash) => {
  expect(await hashCanonicalRequest(canonical)).toBe(hash);
});

test("a signature hash is the SHA-256 of the canonical request in UTF-8, in lower-case hex", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: anyCharacter }), async (canonical) => {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical));
      expect(await hashCanonicalRequest(canonical)).toBe(toHex(new Uint8Array(digest)));
    }),
  );
});
