import { readFileSync } from "node:fs";

import { wireError } from "@presign-once/core/http";
import { expect, test } from "vitest";

import { commands } from "./commands.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { settingNames, SETTINGS } from "./settings.ts";

/** The cells of every row of every table in a document, less the backticks. */
function tableRows(path: string): string[][] {
  const lines = readFileSync(new URL(path, import.meta.url), "utf8").split("\n");
  const rows = lines.filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  return rows.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

const readme = tableRows("../README.md");

test("the README has a row for every setting, with its flag, its variable and its field", () => {
  for (const name of settingNames) {
    const { flag, variable, field } = SETTINGS[name];
    expect(readme.filter(([first]) => first === `--${flag}`).map((row) => row.slice(1, 3))).toEqual([
      [variable, field],
    ]);
  }
  expect(readme.filter(([first]) => first?.startsWith("--"))).toHaveLength(settingNames.length);
});

test("the README has a row for every exit code, and for every command", () => {
  const codes = readme.map(([first]) => first).filter((first) => /^\d+$/.test(first ?? ""));
  expect(codes).toEqual(Object.values(EXIT_CODES).map(String));
  for (const { name } of commands) expect(readme.map(([first]) => first?.split(" ")[0])).toContain(name);
});

test("docs/operating.md has every exit code of a URL's state", () => {
  const codes = tableRows("../../../docs/operating.md").map((row) => Number(row.at(-1)));
  for (const code of Object.values(EXIT_CODES)) if (code !== 1 && code !== 2) expect(codes).toContain(code);
});

test.each(["README.md", "docs/deploy.md"])("%s shows the beginning of what a second use is told", (page) => {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  const [, code, shown = ""] = /<Code>(\w+)<\/Code><Message>([^<]+) …<\/Message>/.exec(text) ?? [];
  const told = wireError("already-claimed");
  expect(code).toBe(told.code);
  expect(told.message.slice(0, shown.length)).toBe(shown);
});
