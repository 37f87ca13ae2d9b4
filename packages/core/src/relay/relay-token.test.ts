import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { toBase64url } from "../bytes/base64.ts";
import { utf8 } from "../bytes/bytes.ts";
import { SAME_CLIENT } from "../gate/client-secret.ts";
import {
  decodeRelayGrant,
  encodeRelayGrant,
  MAX_TOKEN_LENGTH,
  type RelayGrant,
  relayCanonicalRequest,
  splitRelayToken,
} from "./relay-token.ts";

const TAG = `k1.${"0123456789abcdef".repeat(4)}`;
const GRANT: RelayGrant = {
  id: "1",
  key: "uploads/1",
  expiresAt: new Date("2026-01-01T00:15:00Z"),
  headers: [["content-type", "image/png"]],
  maxBytes: 1_000,
};

const payloadOf = (fields: unknown): string => toBase64url(utf8(JSON.stringify(fields)));
const FIELDS = { v: 1, id: "1", key: "uploads/1", exp: 1_767_226_500, headers: [["content-type", "image/png"]] };

test("encodes a payload as JSON in base64url, with its fields in a fixed order", () => {
  const json = atob(encodeRelayGrant(GRANT).replaceAll("-", "+").replaceAll("_", "/"));
  expect(json).toBe(
    '{"v":1,"id":"1","key":"uploads/1","exp":1767226500,"headers":[["content-type","image/png"]],"maxBytes":1000}',
  );
});

test("decodes every grant to the same grant", () => {
  const ascii = fc.string({ unit: "grapheme-ascii", maxLength: 40 });
  const grants = fc.record({
    id: ascii,
    key: ascii,
    expiresAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000)),
    headers: fc.array(fc.tuple(ascii, ascii), { maxLength: 4 }),
    maxBytes: fc.option(fc.maxSafeNat(), { nil: undefined }),
    retries: fc.constantFrom(undefined, SAME_CLIENT),
  });
  fc.assert(
    fc.property(grants, (grant) => {
      expect(decodeRelayGrant(encodeRelayGrant(grant))).toEqual(grant);
    }),
  );
});

test("parses a token, and identifies it by the payload alone, wherever the relay is mounted", () => {
  expect(splitRelayToken(`abc-_9.${TAG}`)).toEqual({
    payload: "abc-_9",
    tag: TAG,
    canonical: "PUT\n/u/abc-_9\n",
  });
  expect(relayCanonicalRequest("abc-_9")).toBe("PUT\n/u/abc-_9\n");
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
  test.each(cases)("%s", (_, token) => expect(splitRelayToken(token)).toBeUndefined());
  test("but accepts one of the maximum length", () => {
    expect(splitRelayToken(`${"a".repeat(MAX_TOKEN_LENGTH - TAG.length - 1)}.${TAG}`)).toBeDefined();
  });
});

describe("does not accept as a payload", () => {
  const cases: [what: string, payload: string][] = [
    ["another version", payloadOf({ ...FIELDS, v: 2 })],
    ["one without a version", payloadOf({ ...FIELDS, v: undefined })],
    ["no JSON", toBase64url(utf8("{"))],
    ["null", payloadOf(null)],
    ["a text", payloadOf("abc")],
    ["an invalid id", payloadOf({ ...FIELDS, id: 1 })],
    ["an invalid key", payloadOf({ ...FIELDS, key: null })],
    ["no end", payloadOf({ ...FIELDS, exp: undefined })],
    ["an end that is no whole number", payloadOf({ ...FIELDS, exp: 1.5 })],
    ["an end as text", payloadOf({ ...FIELDS, exp: "1767226500" })],
    ["headers that are none", payloadOf({ ...FIELDS, headers: {} })],
    ["a header without a value", payloadOf({ ...FIELDS, headers: [["content-type"]] })],
    ["a header of three parts", payloadOf({ ...FIELDS, headers: [["a", "b", "c"]] })],
    ["a header value that is no text", payloadOf({ ...FIELDS, headers: [["content-length", 5]] })],
    ["a limit below nothing", payloadOf({ ...FIELDS, maxBytes: -1 })],
    ["a limit that is no whole number", payloadOf({ ...FIELDS, maxBytes: 1.5 })],
    ["another policy of retries", payloadOf({ ...FIELDS, retries: "any-client" })],
    ["no limit by null", payloadOf({ ...FIELDS, maxBytes: null })],
    ["not ASCII", toBase64url(new Uint8Array([0x7b, 0xff, 0x7d]))],
  ];
  test.each(cases)("%s", (_, payload) => expect(decodeRelayGrant(payload)).toBeUndefined());
  test("but accepts one without a limit", () => {
    expect(decodeRelayGrant(payloadOf(FIELDS))).toMatchObject({ id: "1", maxBytes: undefined });
  });
});
