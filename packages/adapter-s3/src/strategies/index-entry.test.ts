import { describe, expect, test } from "vitest";

import { claimedBy, ISSUED, REVOKED, US } from "../../test/entries.ts";
import {
  claimedBody,
  etagOf,
  ISSUED_BODY,
  ISSUED_ETAG,
  MAX_ENTRY_BYTES,
  parseEntry,
  REVOKED_BODY,
} from "./index-entry.ts";

describe("what is stored in buckets", () => {
  test("does not change, because URLs in use depend on it", () => {
    expect(ISSUED_BODY).toBe(ISSUED);
    expect(REVOKED_BODY).toBe(REVOKED);
    expect(ISSUED_ETAG).toBe('"e3b747b28e94a1a6d14384affdff47ed"');
    expect(claimedBody(US)).toBe(claimedBy(US));
  });

  test("is shorter than the longest entry that is read back", () => {
    expect(Math.max(ISSUED_BODY.length, claimedBody(US).length)).toBeLessThan(MAX_ENTRY_BYTES);
  });

  test("has ETags as S3 gives them: MD5, in quotes", () => {
    expect(etagOf("hello")).toBe('"5d41402abc4b2a76b9719d911017c592"');
  });
});

describe("an entry", () => {
  test("that was issued, claimed or revoked is read back as written", () => {
    expect(parseEntry(REVOKED_BODY)).toEqual({ state: "revoked" });
    expect(parseEntry(ISSUED_BODY)).toEqual({ state: "issued" });
    expect(parseEntry(claimedBody(US))).toEqual({ state: "claimed", claimant: US });
  });

  test.each([
    "",
    " ",
    "{}",
    `${ISSUED} `,
    `${REVOKED}\n`,
    ISSUED.replace(":", ": "),
    `x${claimedBy(US)}`,
    `${claimedBy(US)}\n`,
    claimedBy(US).replace("11", ""),
    claimedBy(US).replace("11", "A1"),
    claimedBy(US).replace('"}', '","more":1}'),
  ])("with other bytes is foreign: %j", (body) => {
    expect(parseEntry(body)).toEqual({ state: "foreign" });
  });
});
