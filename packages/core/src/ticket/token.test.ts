import { describe, expect, test } from "vitest";

import { toBase64url } from "../bytes/base64.ts";
import { utf8 } from "../bytes/bytes.ts";
import { decodePayload, encodePayload, MAX_TOKEN_LENGTH, splitToken, tokenText } from "./token.ts";

const TAG = `k1.${"0123456789abcdef".repeat(4)}`;

test("parses a token, and identifies it by its kind and payload alone, wherever it stands in a URL", () => {
  const canonical = "presign-once/ticket/2\nabc-_9";
  expect(splitToken("ticket", `abc-_9.${TAG}`)).toEqual({ payload: "abc-_9", tag: TAG, canonical });
  expect(tokenText("ticket", "abc-_9")).toBe(canonical);
});

describe("does not accept as a token", () => {
  const cases: [what: string, token: string][] = [
    ["nothing", ""],
    ["a payload without a tag", "abc"],
    ["a tag without a payload", `.${TAG}`],
    ["one with padding", `abc=.${TAG}`],
    ["one in the other alphabet", `a+c.${TAG}`],
    ["one with an escape", `a%62c.${TAG}`],
    ["one with a digit of its tag escaped", `abc.${TAG.replace("0", "%30")}`],
    ["one in capitals", `abc.${TAG.toUpperCase()}`],
    ["one with a digit too few", `abc.${TAG.slice(0, -1)}`],
    ["one with a digit too many", `abc.${TAG}0`],
    ["one with a slash after it", `abc.${TAG}/`],
    ["one with a line end after it", `abc.${TAG}\n`],
    ["one with a query", `abc.${TAG}?a=b`],
    ["one with an empty query", `abc.${TAG}?`],
    ["one with three dots", `abc.def.${TAG}`],
    ["one that is too long", `${"a".repeat(MAX_TOKEN_LENGTH - TAG.length)}.${TAG}`],
  ];
  test.each(cases)("%s", (_, token) => expect(splitToken("ticket", token)).toBeUndefined());
  test("but accepts one of the maximum length", () => {
    expect(splitToken("ticket", `${"a".repeat(MAX_TOKEN_LENGTH - TAG.length - 1)}.${TAG}`)).toBeDefined();
  });
});

test("writes a payload as a JSON array in base64url, and reads it back", () => {
  expect(encodePayload(["t", 1, null])).toBe(toBase64url(utf8('["t",1,null]')));
  expect(decodePayload(encodePayload(["t", 1, null, []]))).toEqual(["t", 1, null, []]);
});

test.each([
  ["no JSON", "["],
  ["null", "null"],
  ["an object", "{}"],
  ["a text", '"t"'],
])("does not accept as a payload %s", (_, json) => {
  expect(decodePayload(toBase64url(utf8(json)))).toBeUndefined();
});

test("does not accept as a payload what is not ASCII, or no base64url", () => {
  expect(decodePayload(toBase64url(new Uint8Array([0x5b, 0xff, 0x5d])))).toBeUndefined();
  expect(decodePayload("")).toBeUndefined();
});
