import { describe, expect, test } from "vitest";

import { grantIdOf } from "../url/grant-id.ts";
import { findTicketFault } from "./ticket-fault.ts";
import type { Ticket } from "./ticket.ts";

const ISSUED_AT = new Date("2026-01-01T00:00:00Z");
const TICKET: Ticket = { id: "1", key: "uploads/1", method: "PUT", issuedAt: ISSUED_AT, lifeSeconds: 900 };
const TERMS = { keyPrefix: "uploads/", maxLifeSeconds: 3_600 };

function fault(changes: Partial<Ticket>, { keyPrefix = "uploads/", after = 0 } = {}) {
  const id = grantIdOf(changes.key ?? TICKET.key);
  return findTicketFault({ ...TICKET, id, ...changes }, { ...TERMS, keyPrefix }, new Date(ISSUED_AT.getTime() + after));
}

describe("a ticket that no issuer makes is not issued, even with a good tag:", () => {
  test.each<[what: string, changes: Partial<Ticket>]>([
    ["a key in the index", { key: "signatures/claims/00" }],
    ["a key beside the folder", { key: "uploads-of-others/1" }],
    ["the folder itself", { key: "uploads/" }],
    ["no key", { key: "" }],
    ["a key with ..", { key: "uploads/../private/1" }],
    ["a key with .. at its end", { key: "uploads/a/.." }],
    ["a key with .", { key: "uploads/./1" }],
    ["a key with an empty segment", { key: "uploads//1" }],
    ["a key with a slash at its end", { key: "uploads/a/" }],
    ["a key with an escape", { key: "uploads/%2e%2e/1" }],
    ["a key with a backslash", { key: "uploads/..\\1" }],
    ["a key with a question mark", { key: "uploads/1?acl" }],
    ["a key with a control character", { key: "uploads/1\u0000" }],
    ["a copy of another object", { headers: [["x-amz-copy-source", "/bucket/private/secret.txt"]] }],
    ["an ACL", { headers: [["x-amz-acl", "public-read"]] }],
    ["a redirect", { headers: [["x-amz-website-redirect-location", "https://other.example"]] }],
    ["a storage class", { headers: [["x-amz-storage-class", "GLACIER"]] }],
    ["a lock", { headers: [["x-once-lock", "0".repeat(64)]] }],
    ["a digest that is none", { headers: [["x-amz-checksum-sha256", "abc"]] }],
    ["a host", { headers: [["host", "other.example"]] }],
    ["a condition", { headers: [["if-match", "*"]] }],
    ["a header in the name of another", { headers: [["x-amz-meta-a\r\nx-amz-acl", "public-read"]] }],
    ["metadata without a name", { headers: [["x-amz-meta-", "a"]] }],
    ["metadata of a name that Ceph refuses", { headers: [[`x-amz-meta-${"n".repeat(129)}`, "a"]] }],
    ["metadata in upper case", { headers: [["x-amz-meta-A", "a"]] }],
    ["metadata of a name that Ceph reads as another", { headers: [["x-amz-meta-a_b", "a"]] }],
    ["the id of another grant", { headers: [["x-amz-meta-presign-once-id", "2"]] }],
    ["a value that SigV4 folds", { headers: [["x-amz-meta-a", "a\tb"]] }],
    ["an empty value", { headers: [["cache-control", ""]] }],
    ["a value that is no ASCII", { headers: [["content-disposition", "é"]] }],
    [
      "two digests",
      {
        headers: [
          ["x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="],
          ["x-amz-checksum-sha256", "A".repeat(43) + "="],
        ],
      },
    ],
    ["an id that is not the end of its key", { id: "2" }],
    ["an id with a folder", { id: "a/1", key: "uploads/a/1" }],
    ["an id that is too long for metadata", { id: "x".repeat(129), key: `uploads/${"x".repeat(129)}` }],
    ["a key that is too long for S3", { key: `uploads/${"a/".repeat(508)}1` }],
    ["a life of years", { lifeSeconds: 100_000_000 }],
    ["a life of one second too much", { lifeSeconds: 3_601 }],
  ])("%s", (_, changes) => expect(fault(changes)).toBe("not-issued"));

  test.each(["signatures/claims/00", "a/1", "../1", ""])("without folders, the key %j", (key) => {
    expect(fault({ key }, { keyPrefix: "" })).toBe("not-issued");
  });
});

test.each<[what: string, changes: Partial<Ticket>, keyPrefix?: string]>([
  ["a key in a folder of a caller", { key: "uploads/tenant-7/1.jpg" }],
  ["a key of all characters that need no escape", { key: "uploads/A-z_0~9.b" }],
  ["a key that begins with dots", { key: "uploads/..a" }],
  ["a key without folders", { key: "1" }, ""],
  [
    "headers that describe the object and its body",
    {
      headers: [
        ["content-type", "image/png"],
        ["content-length", "5"],
        ["cache-control", "no-store"],
        ["x-amz-meta-filename", "a"],
        [`x-amz-meta-${"n".repeat(128)}`, "a"],
        ["x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="],
      ],
    },
  ],
  ["the longest life", { lifeSeconds: 3_600 }],
  ["the longest id", { id: "x".repeat(128), key: `uploads/${"x".repeat(128)}` }],
  ["the longest key", { key: `uploads/${"a/".repeat(507)}/1`.replace("//", "b/") }],
])("may be used: %s", (_, changes, keyPrefix = "uploads/") => expect(fault(changes, { keyPrefix })).toBeUndefined());

test("ends with its last millisecond, and begins at most five minutes before it was issued", () => {
  expect(fault({}, { after: 899_999 })).toBeUndefined();
  expect(fault({}, { after: 900_000 })).toBe("expired");
  expect(fault({}, { after: -300_000 })).toBeUndefined();
  expect(fault({}, { after: -300_001 })).toBe("not-yet-valid");
});
