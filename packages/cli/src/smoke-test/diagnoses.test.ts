import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { diagnosis, diagnosisCodes } from "./diagnoses.ts";

const REPOSITORY = new URL("../../../../", import.meta.url);

/** The cells of every row that begins with a code, as they read: without links, sources and marks. */
function documentedRows(): string[][] {
  const page = readFileSync(new URL("docs/troubleshooting.md", REPOSITORY), "utf8");
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

/** What somebody at a terminal can do, without a link. */
const ACTIONS =
  "add|allow|ask|attach|change|check|compare|correct|deploy|detach|do|enable|issue|let|look|make|read|remove|report|" +
  "request|rotate|run|send|set|stop|try|turn|use|wait";

test("every fix says what to do, and each page that it names has the section", () => {
  const action = new RegExp(`^(?:(?:with|if) [^,]*, |for such a proxy |otherwise )?(?:${ACTIONS}) `);
  for (const code of diagnosisCodes) {
    const { fix } = diagnosis(code);
    for (const clause of fix.split("; ")) {
      expect(`${clause} `).toMatch(action);
      const [, page, section = ""] = /: ((?:docs|packages)\/\S+\.md), (.+)$/.exec(clause) ?? [];
      if (page === undefined) expect(clause).not.toContain(".md");
      else expect(readFileSync(new URL(page, REPOSITORY), "utf8").split("\n")).toContainEqual(headingOf(section));
    }
  }
});

function headingOf(section: string): unknown {
  const escaped = section.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return expect.stringMatching(new RegExp(`^#+ ${escaped}$`));
}
