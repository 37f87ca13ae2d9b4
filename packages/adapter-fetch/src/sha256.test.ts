import { createHash } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import { startSha256 } from "./sha256.ts";

test("gives the same digest natively and in JavaScript, for any chunks", () => {
  const piece = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const expected = createHash("sha256").update(Buffer.concat(pieces)).digest("base64");
      const none = { createHash: () => createHash("sha256") };
      for (const digest of [startSha256(), startSha256(none), withoutNative(() => startSha256())]) {
        for (const bytes of pieces) digest.update(bytes);
        expect(digest.base64()).toBe(expected);
      }
    }),
  );
});

function withoutNative<T>(call: () => T): T {
  const { getBuiltinModule } = process;
  Object.assign(process, { getBuiltinModule: undefined });
  try {
    return call();
  } finally {
    Object.assign(process, { getBuiltinModule });
  }
}

test("works without node:crypto", () => {
  let native = false;
  const digest = withoutNative(() => startSha256());
  startSha256({
    createHash() {
      native = true;
      return createHash("sha256");
    },
  });
  digest.update(new TextEncoder().encode("hello"));
  expect([digest.base64(), native]).toEqual(["LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", true]);
});
