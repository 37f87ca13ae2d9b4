import { randomIds } from "@presign-once/core";
import { expect, test } from "vitest";

import { checkedTable, entryOf } from "./settled-entry.ts";

const unreadable = expect.objectContaining({ code: "INDEX_UNREADABLE" });

test("fields without a time are issued, those without a claimant revoked", () => {
  const claimant = randomIds.claimant();
  expect(entryOf(undefined, null)).toEqual({ state: "issued" });
  expect(entryOf(null, "5")).toEqual({ state: "revoked", at: new Date(5) });
  expect(entryOf(claimant, 5)).toEqual({ state: "claimed", claimant, at: new Date(5) });
});

test.each([
  ["a time that is none", randomIds.claimant(), "yesterday"],
  ["a claimant that is none", "planted", 5],
])("fields with %s were not written by presign-once", (_name, by, at) => {
  expect(() => entryOf(by, at)).toThrow(unreadable);
});

test("a table's name is one or two names, and no statement", () => {
  for (const name of ["presign_once", "my_schema.presign_once"]) expect(checkedTable(name)).toBe(name);
  for (const name of ["", "x; DROP TABLE y", "x y", "a.b.c", "X"])
    expect(() => checkedTable(name)).toThrow("table: expected a name");
});
