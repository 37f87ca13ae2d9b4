import fc from "fast-check";
import { expect, test } from "vitest";

import { fromBase64url, toBase64, toBase64url } from "./base64.ts";

test("base64 is Node's, whatever the bytes, and reads back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
    }),
  );
});
