import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { mutants } from "../test/mutants.ts";
import { properties } from "../test/properties/properties.ts";
import { recordStack } from "../test/record-stack.ts";
import { type Variant, variants } from "../test/variants.ts";
import { runBundler } from "./run-bundler.ts";
import type * as Stack from "./single-use-uploads.ts";

/** For each mutant, the properties that it breaks with the first arguments with which it breaks any. */
const broken = new Map<string, string[]>();
const root = resolve(import.meta.dirname, "..");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-mutants-"));
  const bundles = JSON.stringify(runBundler(root, "Uploads"));
  for (const [place, { name, file, find, replace }] of mutants.entries()) {
    const copy = join(folder, String(place));
    await cp(import.meta.dirname, copy, { recursive: true });
    await writeFile(join(copy, "run-bundler.ts"), `export const runBundler = () => (${bundles});\n`);
    const text = await readFile(join(copy, file), "utf8");
    if (text.split(find).length !== 2)
      throw new Error(`${name}: what it changes stands ${text.split(find).length - 1} times in ${file}`);
    await writeFile(
      join(copy, file),
      text.replace(find, () => replace),
    );
    const { href } = pathToFileURL(join(copy, "single-use-uploads.ts"));
    // oxlint-disable-next-line import/no-dynamic-require -- the mutant was written a moment ago
    const { singleUseUploads } = (await import(href)) as typeof Stack;
    broken.set(name, await brokenBy(singleUseUploads));
  }
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function brokenBy(program: Parameters<typeof recordStack>[0]): Promise<string[]> {
  for (const [variant, args] of Object.entries(variants) as [Variant, object][]) {
    const stack = await recordStack(program, "Uploads", { authorizer: "none", root, ...args });
    const names = properties.filter(({ of, check }) => of.includes(variant) && !holds(() => check(stack, variant)));
    if (names.length > 0) return names.map(({ name }) => name);
  }
  return [];
}

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

test("every mutant is killed", () => {
  const width = Math.max(...mutants.map(({ name }) => name.length));
  console.log(
    mutants
      .map(({ name }) => `${name.padEnd(width)}  ${broken.get(name)?.join("\n".padEnd(width + 3)) || "SURVIVED"}`)
      .join("\n"),
  );
  expect(mutants.filter(({ name }) => broken.get(name)?.length === 0).map(({ name }) => name)).toEqual([]);
});

test("every property kills a mutant", () => {
  const killers = new Set([...broken.values()].flat());
  expect(properties.map(({ name }) => name).filter((name) => !killers.has(name))).toEqual([]);
});
