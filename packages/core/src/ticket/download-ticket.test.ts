import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { percentEncode } from "../url/canonical-request.ts";
import {
  decodeDownloadTicket,
  DOWNLOAD_TYPES,
  type DownloadTicket,
  encodeDownloadTicket,
  isFileName,
  MAX_FILE_NAME_BYTES,
} from "./download-ticket.ts";
import { decodeTicket, encodeTicket } from "./ticket.ts";
import { decodePayload, encodePayload } from "./token.ts";

const HEAD = { id: "1", issuedAt: new Date("2026-01-01T00:00:00Z"), lifeSeconds: 900, key: "uploads/a b/é.pdf" };
const PLAIN: DownloadTicket = { ...HEAD, method: "GET", fileName: "é.pdf", contentType: "application/octet-stream" };
const FIELDS = ["t", "1", 1_767_225_600, 900, "GET", "uploads/a%20b/%C3%A9.pdf"] as const;

test("is written in a fixed order, in ASCII, without what is as for most files", () => {
  expect(decodePayload(encodeDownloadTicket(PLAIN))).toEqual(FIELDS);
  const all = { ...PLAIN, fileName: "ü", contentType: "image/png", confirm: "never", retries: "none" } as const;
  expect(decodePayload(encodeDownloadTicket(all))).toEqual([...FIELDS, "%C3%BC", "image/png", "never", "none"]);
  expect(decodePayload(encodeDownloadTicket({ ...PLAIN, retries: "none" }))?.slice(6)).toEqual([
    ...[null, null, null, "none"],
  ]);
});

test("reads every ticket as it was written, whatever its key and its name are made of", () => {
  const name = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 }).filter(isFileName);
  const tickets = fc.record({
    id: fc.stringMatching(/^[!-.0-~]{1,40}$/),
    issuedAt: fc.nat(4_000_000_000).map((seconds) => new Date(seconds * 1000)),
    lifeSeconds: fc.nat(4_000_000_000),
    method: fc.constant("GET" as const),
    key: fc.array(name, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/")),
    contentType: fc.constantFrom(...DOWNLOAD_TYPES),
  });
  const choices = fc.record(
    { confirm: fc.constant("never" as const), retries: fc.constant("none" as const) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(tickets, choices, fc.option(name), (head, choice, other) => {
      const fileName = other ?? head.key.slice(head.key.lastIndexOf("/") + 1);
      const ticket: DownloadTicket = { ...head, ...choice, fileName };
      const payload = encodeDownloadTicket(ticket);
      expect(decodeDownloadTicket(payload)).toEqual(ticket);
      expect(decodeTicket(payload)).toBeUndefined();
    }),
  );
});

test("a ticket for an upload is none for a download, and the other way round", () => {
  const upload = encodeTicket({ ...HEAD, method: "PUT", key: "uploads/1" });
  expect(decodeTicket(upload)).toBeDefined();
  expect(decodeDownloadTicket(upload)).toBeUndefined();
  expect(decodeTicket(encodeDownloadTicket(PLAIN))).toBeUndefined();
});

describe("does not accept as a ticket", () => {
  const changed = (index: number, value: unknown) => FIELDS.map((field, i) => (i === index ? value : field));
  const granting = (...granted: unknown[]) => [...FIELDS, ...granted];
  const cases: [what: string, fields: readonly unknown[]][] = [
    ["nothing", []],
    ["another kind", changed(0, "p")],
    ["an id that is none", changed(1, 1)],
    ["a time that is none", changed(2, "1")],
    ["a life that is none", changed(3, -1)],
    ["another method", changed(4, "DELETE")],
    ["a method in lower case", changed(4, "get")],
    ["a key that is not ASCII", changed(5, "uploads/é")],
    ["a key with a broken escape", changed(5, "uploads/%4")],
    ["a key that is no UTF-8", changed(5, "uploads/%FF")],
    ["a key with an escape of what needs none", changed(5, "uploads/%41")],
    ["a key with an escaped slash", changed(5, "uploads%2Fa")],
    ["a key with lower-case escapes", changed(5, "uploads/%c3%a9")],
    ["a key without a name", changed(5, "uploads/a/").map((field, i) => (i === 1 ? "" : field))],
    ["a key without a name for the file", [...changed(5, "uploads/%0A")]],
    ["a name that is no text", granting(1)],
    ["an empty name", granting("")],
    ["a name with a broken escape", granting("%")],
    ["a name with a line end", granting("a%0D%0Ab")],
    ["a name with a NUL", granting("a%00")],
    ["a name with a C1 control", granting("a%C2%85")],
    ["a name in a folder", granting("a%2Fb")],
    ["a name with a backslash", granting("a%5Cb")],
    ["the folder above", granting("..")],
    ["a name that is shown in another order", granting("a%E2%80%AEfdp.exe")],
    ["a name with a mark of direction", granting("a%E2%80%8Ffdp.exe")],
    ["a name that is too long", granting("a".repeat(MAX_FILE_NAME_BYTES + 1))],
    ["a type that browsers run", granting(null, "text/html")],
    ["a type with a parameter", granting(null, "text/plain; charset=utf-8")],
    ["a type that is no text", granting(null, 1)],
    ["another confirmation", granting(null, null, "always")],
    ["a confirmation that is no text", granting(null, null, true)],
    ["retries as of an upload", granting(null, null, null, "same-client")],
    ["more fields", granting(null, null, null, null, null)],
  ];
  test.each(cases)("%s", (_, fields) => {
    expect(decodeDownloadTicket(encodePayload(FIELDS))).toEqual(PLAIN);
    expect(decodeDownloadTicket(encodePayload(fields))).toBeUndefined();
  });

  test.each(["", "e30", "bnVsbA", "W10", "not base64!", "WyJ0Ig"])("%s", (payload) => {
    expect(decodeDownloadTicket(payload)).toBeUndefined();
  });
});

test("a file name is anything that a header can carry, of any language", () => {
  for (const name of [
    "a",
    ".a",
    "...",
    "a b",
    `"'%;`,
    "שלום.pdf",
    "می‌خواهم.pdf",
    "🎉",
    "x".repeat(MAX_FILE_NAME_BYTES),
  ])
    expect([name, isFileName(name)]).toEqual([name, true]);
  const longest = "é".repeat(MAX_FILE_NAME_BYTES / percentEncode("é").length);
  expect([isFileName(longest), isFileName(`${longest}éé`)]).toEqual([true, false]);
  for (const name of ["", ".", "..", "a/b", "a\\b", "a\nb", "\x7f", "\x9f", "\ud800"])
    expect([name, isFileName(name)]).toEqual([name, false]);
  for (const turn of "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069")
    expect([turn, isFileName(`invoice${turn}fdp.exe`)]).toEqual([turn, false]);
});
