import { webDigests } from "@presign-once/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { nodeDigests } from "./node-digests.ts";

test("gives the same digests as Web Crypto, for any text", async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const [mine, theirs] = [nodeDigests.hmac(secret), webDigests.hmac(secret)];
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
      expect(nodeDigests.sha256(text)).toBe(await webDigests.sha256(text));
      expect(mine(text)).toBe(await theirs(text));
    }),
  );
});
