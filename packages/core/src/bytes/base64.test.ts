import fc from "fast-check";
import { expect, test } from "vitest";

import { fromBase64url, toBase64, toBase64url } from "./base64.ts";

test("encodes any bytes as the platform's base64 does, and decodes them back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const base64 = btoa(String.fromCharCode(...bytes));
      expect(toBase64(bytes)).toBe(base64);
      expect(toBase64url(bytes)).toBe(base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));
      expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
    }),
  );
});
