import { expect, test } from "vitest";

import { helpText, readArguments } from "./arguments.ts";
import { sections } from "./sections/sections.ts";

const names = ["cpu", "time"];

test("everything is measured in full and written as text unless something else is asked for", () => {
  expect(readArguments([], names)).toEqual({ task: "measure", names, quick: false, form: "text" });
});

test("--only may be repeated, and names a section", () => {
  expect(readArguments(["--only", "time", "--quick", "--json"], names)).toEqual({
    task: "measure",
    names: ["time"],
    quick: true,
    form: "json",
  });
  expect(() => readArguments(["--only", "size"], names)).toThrow("--only size: expected one of cpu, time");
});

test("an option that does not exist is refused", () => {
  expect(() => readArguments(["--fast"], names)).toThrow(TypeError);
});

test("the help names every section", () => {
  for (const { name, about } of sections) expect(helpText(sections)).toContain(`  ${name.padEnd(11)}  ${about}\n`);
});
