import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { SAME_CLIENT } from "../gate/client-secret.ts";
import { decodeTicket, encodeTicket, type Ticket, ticketEnd } from "./ticket.ts";
import { decodePayload, encodePayload } from "./token.ts";

const ID = "0b9d3f6c-55aa-4d5c-9a1e-7a3f1c2b4d5e";
const PLAIN: Ticket = {
  ...{ id: ID, key: `uploads/${ID}`, method: "PUT" },
  ...{ issuedAt: new Date("2026-01-01T00:00:00Z"), lifeSeconds: 259_200 },
};
const FIELDS = ["t", "1", 1_767_225_600, 900, "PUT", "uploads/"] as const;

test("is short: path and query of a plain upload take less than 200 characters", () => {
  const payload = encodeTicket({ ...PLAIN, maxBytes: 5 * 1024 ** 3 });
  expect(`/u/${payload}.key-1.${"0".repeat(64)}`.length).toBeLessThan(200);
});

test("is written in a fixed order, without what is not granted at its end", () => {
  expect(decodePayload(encodeTicket(PLAIN))).toEqual(["t", ID, 1_767_225_600, 259_200, "PUT", "uploads/"]);
  expect(decodePayload(encodeTicket({ ...PLAIN, key: "uploads/a.jpg", headers: [["content-type", "a/b"]] }))).toEqual([
    ...["t", ID, 1_767_225_600, 259_200, "PUT", "uploads/a.jpg"],
    ...[null, [["content-type", "a/b"]]],
  ]);
  expect(decodePayload(encodeTicket({ ...PLAIN, retries: SAME_CLIENT }))?.slice(6)).toEqual([null, null, SAME_CLIENT]);
});

test("reads every ticket as it was written", () => {
  const visible = fc.stringMatching(/^[!-~]{1,40}$/);
  const ascii = fc.string({ unit: "grapheme-ascii", maxLength: 40 });
  const tickets = fc.record({
    id: visible.filter((id) => !id.includes("/")),
    folders: fc.array(fc.constantFrom("uploads/", "tenant-7/"), { maxLength: 2 }),
    name: fc.option(visible.filter((name) => !name.endsWith("/"))),
    issuedAt: fc.nat(4_000_000_000).map((seconds) => new Date(seconds * 1000)),
    lifeSeconds: fc.nat(4_000_000_000),
    headers: fc.array(fc.tuple(ascii, ascii), { maxLength: 4 }),
    maxBytes: fc.option(fc.maxSafeNat(), { nil: undefined }),
    retries: fc.constantFrom(undefined, SAME_CLIENT),
  });
  fc.assert(
    fc.property(tickets, ({ folders, name, ...granted }) => {
      const ticket: Ticket = { ...granted, method: "PUT", key: folders.join("") + (name ?? granted.id) };
      expect(decodeTicket(encodeTicket(ticket))).toEqual(ticket);
    }),
  );
});

test("ends after its life", () => {
  expect(ticketEnd(PLAIN)).toEqual(new Date("2026-01-04T00:00:00Z"));
});

describe("does not accept as a ticket", () => {
  const changed = (index: number, value: unknown) => FIELDS.map((field, i) => (i === index ? value : field));
  const cases: [what: string, fields: readonly unknown[]][] = [
    ["nothing", []],
    ["another kind", changed(0, "p")],
    ["another version", changed(0, 2)],
    ["an invalid id", changed(1, 1)],
    ["an empty id", changed(1, "")],
    ["an id that a terminal would obey", changed(1, "\u001b[2J")],
    ["no time", changed(2, null)],
    ["a time that is no whole number", changed(2, 1.5)],
    ["a time as text", changed(2, "1767225600")],
    ["a time beyond all dates", changed(2, Number.MAX_SAFE_INTEGER)],
    ["a life below nothing", changed(3, -1)],
    ["a life beyond all dates", changed(3, Number.MAX_SAFE_INTEGER)],
    ["no life", FIELDS.slice(0, 3)],
    ["another method", changed(4, "DELETE")],
    ["a method in another case", changed(4, "put")],
    ["no key", FIELDS.slice(0, 5)],
    ["a key of two lines", changed(5, "uploads/1\nstate  planted")],
    ["a key that a terminal would obey", changed(5, "uploads/\u001b[2J")],
    ["a limit below nothing", [...FIELDS, -1]],
    ["a limit that is no whole number", [...FIELDS, 1.5]],
    ["a limit as text", [...FIELDS, "5"]],
    ["headers that are none", [...FIELDS, 5, {}]],
    ["a header without a value", [...FIELDS, 5, [["content-type"]]]],
    ["a header of three parts", [...FIELDS, 5, [["a", "b", "c"]]]],
    ["a header value that is no text", [...FIELDS, 5, [["content-length", 5]]]],
    ["another policy of retries", [...FIELDS, 5, [], "any-client"]],
    ["a least number of bytes that is none", [...FIELDS, 5, [], null, "1"]],
    ["a field too many", [...FIELDS, 5, [], null, 1, 1]],
  ];
  test.each(cases)("%s", (_, fields) => expect(decodeTicket(encodePayload(fields))).toBeUndefined());
  test("but accepts one without a limit", () => {
    expect(decodeTicket(encodePayload(FIELDS))).toMatchObject({ id: "1", key: "uploads/1", headers: [] });
  });
});
