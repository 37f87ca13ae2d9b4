import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { Mutant } from "./mutants.ts";
import type { Property } from "./properties/property.ts";
import type { RecordedStack } from "./record-stack.ts";
import { type Variant, variants } from "./variants.ts";

/** For each mutant, the names of what it breaks with the first arguments with which it breaks anything. */
export type Broken<M extends Mutant> = Map<M, readonly string[]>;

/**
 * Makes a mutant of a copy of the source.
 *
 * @param folder  the copy
 * @throws when the text to be replaced does not stand in the file exactly once: the list is out of date
 */
export async function plant(folder: string, { name, file, find, replace }: Mutant): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, "utf8");
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${name}: what it changes stands ${times} times in ${file}`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
}

/** Lets every copy take the bundles that were made once, since each bundling takes a second or more. */
export async function bundleNothing(folder: string, bundles: object): Promise<void> {
  const code = `export const runBundler = () => (${JSON.stringify(bundles)});\n`;
  await writeFile(join(folder, "run-bundler.ts"), code);
}

/**
 * What a mutant breaks with the first arguments with which it breaks anything.
 *
 * @param record  makes the stack with these arguments; what it throws is broken too
 */
export async function brokenBy(
  properties: readonly Property[],
  record: (args: object) => RecordedStack | Promise<RecordedStack>,
): Promise<readonly string[]> {
  for (const [variant, args] of Object.entries(variants) as [Variant, object][]) {
    let stack: RecordedStack;
    try {
      stack = await record(args);
    } catch (fault) {
      return [`refused: ${String(fault).split("\n")[0]?.slice(0, 120)}`];
    }
    const broken = properties.filter(({ of, check }) => of.includes(variant) && !holds(() => check(stack, variant)));
    if (broken.length > 0) return broken.map(({ name }) => name);
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

/** The two rules of a suite: every mutant is killed, and every property kills one. */
export function testKills<M extends Mutant>(
  broken: Broken<M>,
  mutants: readonly M[],
  properties: readonly Property[],
): void {
  test("every mutant is killed", () => {
    const survivors = mutants.filter((mutant) => broken.get(mutant)?.length === 0);
    const lines = mutants.map((mutant) => {
      return `${mutant.file}, ${mutant.name}: ${broken.get(mutant)?.join("; ") || "SURVIVED"}`;
    });
    console.log(lines.join("\n"));
    expect(survivors.map(({ name }) => name)).toEqual([]);
  });

  test("every property kills a mutant", () => {
    const killers = new Set([...broken.values()].flat());
    expect(properties.map(({ name }) => name).filter((name) => !killers.has(name))).toEqual([]);
  });
}
