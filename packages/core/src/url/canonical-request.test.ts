import fc from "fast-check";
import { expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { toHex, utf8 } from "../bytes/bytes.ts";
import type { QueryParameter } from "../ports/presigner.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import { canonicalQuery, canonicalRequest, parseQuery, percentEncode, TAG_PARAMETER } from "./canonical-request.ts";

/** Few characters, so that names repeat and every kind of escape occurs; and all of Unicode. */
const texts = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "A", "z", "1", "-", "~", "+", "=", "&", "%", " ", "*", "\0", "é", "🗝"),
    maxLength: 3,
  }),
  fc.string({ unit: anyCharacter, maxLength: 12 }),
);
const names = texts.filter((name) => name !== "" && name !== TAG_PARAMETER);
const parameterLists = fc.array(fc.tuple(names, texts), { maxLength: 8 });

/** Any UTF-16 code units, lone surrogates and NUL included, with the characters that mean something thrown in. */
const anything = fc.string({
  unit: fc.oneof(
    fc.constantFrom("%", "&", "=", "+", "%ff", "%C3", "%A9", "\ud800", "\udc00", "\0"),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  ),
  maxLength: 30,
});

test("gives one canonical query and one hash for every encoding of the same parameters", async () => {
  await fc.assert(
    fc.asyncProperty(parameterLists, fc.gen(), async (parameters, generate) => {
      const flip = () => generate(fc.boolean);
      const shuffled = generate(fc.shuffledSubarray<QueryParameter>, parameters, { minLength: parameters.length });
      const received = shuffled.map((parameter) => spell(parameter, flip)).join("&");

      const query = canonicalQuery(parseQuery(received) ?? []);
      expect(query).toBe(canonicalQuery(parameters));
      const hashes = [query, canonicalQuery(parameters)].map((q) =>
        hashCanonicalRequest(canonicalRequest("PUT", "/k", q)),
      );
      const [hash, expected] = await Promise.all(hashes);
      expect(hash).toBe(expected);
    }),
  );
});

test("keeps every name and value, so two lists of parameters never share a canonical query", () => {
  fc.assert(
    fc.property(parameterLists, (parameters) => {
      expect((parseQuery(canonicalQuery(parameters)) ?? []).map(String).sort()).toEqual(parameters.map(String).sort());
    }),
  );
});

test("uses only unreserved characters, upper-case escapes, = and & in a canonical query", () => {
  fc.assert(
    fc.property(parameterLists, (parameters) => {
      expect(canonicalQuery(parameters)).toMatch(/^(?:[A-Za-z0-9._~=&-]|%[0-9A-F]{2})*$/);
    }),
  );
});

test.each([
  ["", ""],
  ["b=2&a=1", "a=1&b=2"],
  ["a=2&a&a=1", "a=&a=1&a=2"],
  ["a-=1&a=1", "a=1&a-=1"], // by name first: as whole text `a-=1` would come before `a=1`
  ["a=1&A=1", "A=1&a=1"],
  ["a=z&a=é", "a=%C3%A9&a=z"], // by the escaped text, as SigV4 sorts
  ["a=1+1%2b1%201", "a=1%2B1%2B1%201"],
  ["%61=%7e%2D%5f%2E", "a=~-_."],
  ["a=!'()*", "a=%21%27%28%29%2A"],
  ["a=b=c/d?e:f@g,h;i$", "a=b%3Dc%2Fd%3Fe%3Af%40g%2Ch%3Bi%24"],
  ["a=%00%0a", "a=%00%0A"],
])("serializes %j as %j", (received, canonical) => {
  expect(canonicalQuery(parseQuery(received) ?? [["not", "parsed"]])).toBe(canonical);
});

test.each([
  ["an escape without digits", "a=%"],
  ["an escape of one digit", "a=%4"],
  ["an escape that is not hex", "a=%4g"],
  ["a broken escape in a name", "%zz=1"],
  ["a byte that UTF-8 never has", "a=%ff"],
  ["an unfinished UTF-8 sequence", "a=%C3"],
  ["an overlong UTF-8 sequence", "a=%C0%AF"],
  ["an escaped surrogate", "a=%ED%A0%80"],
  ["a lone surrogate in a value", "a=\ud800"],
  ["a lone surrogate in a name", "\udfff=1"],
  ["an empty segment", "a=1&&b=2"],
  ["an empty segment at the start", "&a=1"],
  ["an empty segment at the end", "a=1&"],
  ["an empty name", "=1"],
])("%s is malformed", (_, query) => {
  expect(parseQuery(query)).toBeUndefined();
});

test("never throws on any text, and can serialize whatever it parsed", () => {
  fc.assert(
    fc.property(anything, (query) => {
      canonicalQuery(parseQuery(query) ?? []);
    }),
    { numRuns: 1_000 },
  );
});

test("leaves out the tag, whatever its value, and no other parameter", () => {
  const parameters: QueryParameter[] = [["a", "1"]];
  expect(canonicalQuery([...parameters, [TAG_PARAMETER, "k1.00"]])).toBe("a=1");
  expect(canonicalQuery([["X-Once-Tag", ""], ...parameters, ["x-once-tags", ""]])).toBe("X-Once-Tag=&a=1&x-once-tags=");
});

test("the canonical request is method, path and query, each on a line", () => {
  expect(canonicalRequest("PUT", "/uploads/%61", "a=1")).toBe("PUT\n/uploads/%61\na=1");
});

test("escapes every byte but the unreserved characters of RFC 3986", () => {
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  for (const char of ascii) {
    const escaped = `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
    expect(percentEncode(char)).toBe(/[A-Za-z0-9._~-]/.test(char) ? char : escaped);
  }
});

/** Spells a parameter in one of the ways that mean the same: which one, `flip` decides. */
function spell([name, value]: QueryParameter, flip: () => boolean): string {
  const spelledName = spellText(name, "&%=", flip);
  return value === "" && flip() ? spelledName : `${spelledName}=${spellText(value, "&%", flip)}`;
}

function spellText(text: string, alwaysEscaped: string, flip: () => boolean): string {
  return Array.from(text, (char) => {
    if (!alwaysEscaped.includes(char) && flip()) return char;
    return Array.from(toHex(utf8(char)), (digit, i) => {
      return (i % 2 === 0 ? "%" : "") + (flip() ? digit.toUpperCase() : digit);
    }).join("");
  }).join("");
}
