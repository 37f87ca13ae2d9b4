import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { diagnosis, diagnosisCodes } from "./diagnoses.ts";

/** The cells of every row that begins with a code, as they read: without links, sources and marks. */
function documentedRows(): string[][] {
  const page = readFileSync(new URL("../../../../docs/troubleshooting.md", import.meta.url), "utf8");
  return page
    .split("\n")
    .filter((line) => /^\| `[a-z0-9-]+` \| .* \| .* \| /.test(line))
    .map((line) => line.split(" | ").map(asRead));
}

function asRead(cell: string): string {
  return cell
    .replace(/ \(\[reported\]\([^)]*\)\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/`|\*(?=\w+\*)|(?<=\w)\*/g, "")
    .replace(/^\| | \|$/g, "");
}

test("docs/troubleshooting.md has the same rows as the code, in the same order, each with its links", () => {
  const coded = diagnosisCodes.map((code) => {
    const { symptom, cause, fix } = diagnosis(code);
    return [code, symptom, cause, fix];
  });
  expect(documentedRows()).toEqual(coded);
});

test("every text is one line, and begins in the middle of a sentence as a cell does", () => {
  for (const code of diagnosisCodes)
    for (const text of Object.values(diagnosis(code))) expect(text).toMatch(/^[^\s.][^\n]*[^\s.]$/);
});
