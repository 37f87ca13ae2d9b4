import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { coreMutants } from "./core-mutants.ts";
import { downloadMutants } from "./download-mutants.ts";
import { indexMutants } from "./index-mutants.ts";
import { relayMutants } from "./relay-mutants.ts";
import { searchMutants } from "./search-mutants.ts";
import { storeMutants } from "./store-mutants.ts";

const root = join(import.meta.dirname, "..", "..");

test("finds the text that each mutant replaces exactly once in its file", () => {
  const mutants = [
    ...coreMutants,
    ...downloadMutants,
    ...indexMutants,
    ...relayMutants,
    ...searchMutants,
    ...storeMutants,
  ];
  const unfit = mutants.filter(({ file, original }) => {
    return readFileSync(join(root, file), "utf8").split(original).length !== 2;
  });
  expect(unfit.map(({ file, original }) => `${file}: ${original}`)).toEqual([]);
  expect(mutants.length).toBeGreaterThan(250);
});
