import { expect, test } from "vitest";

import { helpText, readArguments } from "./arguments.ts";
import { sections } from "./sections/sections.ts";

const names = ["cpu", "time"];

test("measures everything in full and writes text by default", () => {
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

test("refuses an unknown option", () => {
  expect(() => readArguments(["--fast"], names)).toThrow(TypeError);
});

test("the help names every section", () => {
  for (const { name, about } of sections) expect(helpText(sections)).toContain(`  ${name.padEnd(11)}  ${about}\n`);
});
