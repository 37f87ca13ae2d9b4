import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { answersTo, refusalReasons } from "../../../../test/support/refused-uploads.ts";
import { tableRows } from "../../../../test/support/table-rows.ts";

test("docs/edge.md lists every refusal with its code and status, and none that does not exist", () => {
  const page = readFileSync(new URL("../../../../docs/edge.md", import.meta.url), "utf8");
  const rows = tableRows(page, "Refusals of an upload").filter(([outcome]) => outcome !== "fault");
  const told = refusalReasons.map((reason) => `${reason} ${answersTo(reason)}`);
  expect(rows.map((row) => row.slice(0, 3).join(" ")).sort()).toEqual(told.sort());
});
