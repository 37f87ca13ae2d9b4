import fc from "fast-check";
import { expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { contentDisposition } from "./content-disposition.ts";

test.each([
  ["a.txt", `attachment; filename="a.txt"; filename*=UTF-8''a.txt`],
  ["my file.txt", `attachment; filename="my file.txt"; filename*=UTF-8''my%20file.txt`],
  [`"a".txt`, `attachment; filename="_a_.txt"; filename*=UTF-8''%22a%22.txt`],
  ["50%41.txt", `attachment; filename="50_41.txt"; filename*=UTF-8''50%2541.txt`],
  ["it's (1)*.txt", `attachment; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`],
  ["été.txt", `attachment; filename="_t_.txt"; filename*=UTF-8''%C3%A9t%C3%A9.txt`],
  ["🎉.png", `attachment; filename="_.png"; filename*=UTF-8''%F0%9F%8E%89.png`],
  ["שלום.pdf", `attachment; filename="____.pdf"; filename*=UTF-8''%D7%A9%D7%9C%D7%95%D7%9D.pdf`],
  ["a; filename=b", `attachment; filename="a; filename=b"; filename*=UTF-8''a%3B%20filename%3Db`],
])("%s is written so that old and new programs read it", (name, header) => {
  expect(contentDisposition(name)).toBe(header);
});

test("any name is one line of ASCII, one quoted text, and is read back as it was", () => {
  // ext-value of RFC 8187: attr-char or an escape, and nothing else
  const form = /^attachment; filename="([^"\\%\r\n]*)"; filename\*=UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*)$/;
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (name) => {
      const header = contentDisposition(name);
      expect(header).toMatch(/^[ -~]*$/);
      expect(decodeURIComponent(form.exec(header)?.[2] ?? "%")).toBe(name);
    }),
  );
});
