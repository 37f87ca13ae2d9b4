import { expect, test } from "vitest";

import { colourVerdicts, hasColours } from "./colour.ts";
import { formatTable } from "./format-table.ts";

/** Colours as words, to read. */
function coloured(text: string): string {
  const names: Record<string, string> = { "31": "red", "32": "green", "33": "yellow", "39": "/" };
  return colourVerdicts(text).replaceAll(/\u001B\[(\d+)m/g, (_, code: string) => `<${names[code]}>`);
}

test("verdicts have colours, in the first and in the second cell of a row", () => {
  const table = formatTable([
    ["passed", "claims-once", "a second upload is refused"],
    ["FAILED", "cors", "a page of the origin may upload", "cors-missing"],
    ["conditional", "not disproved", "in 20 rounds of 32 claimants"],
    ["sealed", "UNSAFE", "do not use it here: 2 of 4 concurrent claims won"],
  ]);
  expect(coloured(table).split("\n").slice(0, 4)).toEqual([
    expect.stringMatching(/^<green>passed<\/> +claims-once +a second upload is refused$/),
    expect.stringMatching(/^<red>FAILED<\/> +cors/),
    expect.stringMatching(/^conditional +<green>not disproved<\/> +in 20 rounds/),
    expect.stringMatching(/^sealed +<red>UNSAFE<\/> +do not use it here: 2 of 4 concurrent claims won$/),
  ]);
  expect(coloured("conditional: a second claim is refused: BROKEN: 2 won\n")).not.toContain("<");
});

test.each(["issued, if decided here", "issued or forged", "not yet valid"])(
  "a state that decides nothing yet is yellow: %s",
  (state) => expect(coloured(formatTable([["state", state]]))).toBe(`state  <yellow>${state}</>\n`),
);

test("labels and sentences have none", () => {
  const table = formatTable([
    ["state", "claimed"],
    ["claimed", "2026-01-01T00:01:00Z", "1 min ago"],
    ["issued", "2026-01-01T00:00:00Z", "2 min ago"],
    ["key", "uploads/passed"],
  ]);
  expect(coloured(table).split("\n").slice(0, 4)).toEqual([
    "state    <yellow>claimed</>",
    "claimed  2026-01-01T00:01:00Z  1 min ago",
    "issued   2026-01-01T00:00:00Z  2 min ago",
    "key      uploads/passed",
  ]);
  expect(coloured("passed on to the store\n")).toBe("passed on to the store\n");
});

test("JSON has none", () => {
  const json = `${JSON.stringify({ status: "passed", laws: [{ name: "held", broken: "UNSAFE" }] }, null, 2)}\n`;
  expect(coloured(json)).toBe(json);
});

test.each([
  ["a terminal", { isTTY: true }, {}, true],
  ["a terminal with NO_COLOR", { isTTY: true }, { NO_COLOR: "1" }, false],
  ["a terminal with an empty NO_COLOR", { isTTY: true }, { NO_COLOR: "" }, true],
  ["a pipe", {}, {}, false],
  ["a pipe with FORCE_COLOR", {}, { FORCE_COLOR: "1" }, true],
  ["a terminal with FORCE_COLOR=0", { isTTY: true }, { FORCE_COLOR: "0" }, false],
])("of colours and %s", (_name, stream, env, expected) => {
  expect(hasColours({ ...stream, hasColors: () => true }, env)).toBe(expected);
  expect(hasColours({ isTTY: true, hasColors: () => false }, {})).toBe(false);
});
