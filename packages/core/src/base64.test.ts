import fc from "fast-check";
import { expect, test } from "vitest";

import { toBase64 } from "./base64.ts";

test("base64 is Node's, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    }),
  );
});
