import fc from "fast-check";
import { expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { byteLengthAbove, equalInConstantTime, utf8 } from "./bytes.ts";

test("compares a text with a limit by its UTF-8 bytes", () => {
  const texts = fc.array(fc.string({ unit: anyCharacter, maxLength: 12 }), { maxLength: 4 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 120 }), (some, limit) => {
      const bytes = some.reduce((sum, text) => sum + utf8(text).length, 0);
      expect(byteLengthAbove(limit, ...some)).toBe(bytes > limit);
    }),
  );
});

test("finds texts equal only if characters and length are equal", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), (a, b) => {
      expect(equalInConstantTime(a, b)).toBe(a === b);
      expect(equalInConstantTime(a, a)).toBe(true);
    }),
  );
});
