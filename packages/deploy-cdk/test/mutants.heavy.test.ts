import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { runBundler } from "../../deploy-sst/src/run-bundler.ts";
import { properties } from "../../deploy-sst/test/properties/properties.ts";
import { settingsOf } from "../../deploy-sst/test/properties/read-stack.ts";
import type { RecordedStack } from "../../deploy-sst/test/record-stack.ts";
import { type Variant, variants } from "../../deploy-sst/test/variants.ts";
import type * as Construct from "../src/single-use-uploads.ts";
import { type CdkMutant, mutants } from "./mutants.ts";
import { propsOf, recordTemplate } from "./record-template.ts";

/** For each mutant, the properties that it breaks with the first arguments with which it breaks any. */
const broken = new Map<CdkMutant, string[]>();
const shared = properties.filter(({ only }) => only === undefined);
const SOURCE = resolve(import.meta.dirname, "..", "src");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-cdk-mutants-"));
  await symlink(resolve(import.meta.dirname, "..", "node_modules"), join(folder, "node_modules"));
  const bundles = runBundler(resolve(SOURCE, ".."), "CdkMutants");
  for (const [place, mutant] of mutants.entries()) {
    const copy = join(folder, String(place));
    await cp(SOURCE, join(copy, "cdk"), { recursive: true });
    await cp(resolve(SOURCE, "../../deploy-sst/src"), join(copy, "shared"), { recursive: true });
    await writeFile(
      join(copy, "shared", "run-bundler.ts"),
      `export const runBundler = () => (${JSON.stringify(bundles)});\n`,
    );
    for (const file of await readdir(join(copy, "cdk")))
      await change(join(copy, "cdk", file), (text) =>
        text.replace("@presign-once/deploy-sst/stack", "../shared/stack.ts"),
      );
    const { name, file, find, replace } = mutant;
    await change(join(copy, mutant.place, file), (text) => {
      if (text.split(find).length !== 2)
        throw new Error(`${name}: what it changes stands ${text.split(find).length - 1} times in ${file}`);
      return text.replace(find, () => replace);
    });
    const { href } = pathToFileURL(join(copy, "cdk", "single-use-uploads.ts"));
    // oxlint-disable-next-line import/no-dynamic-require -- the mutant was written a moment ago
    const { SingleUseUploads } = (await import(href)) as typeof Construct;
    broken.set(mutant, brokenBy(SingleUseUploads, [bundles.issueFile, bundles.verifyFile]));
  }
}, 900_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function change(file: string, edit: (text: string) => string): Promise<void> {
  await writeFile(file, edit(await readFile(file, "utf8")));
}

/** The test of the construct's own keys stands beside the properties, for the other stack makes its keys. */
const keysAreThoseGiven = (stack: RecordedStack, variant: Variant) =>
  expect(settingsOf(stack, "UploadsIssue").keys).toEqual(propsOf(variants[variant]).edgeKeys);

function brokenBy(program: Parameters<typeof recordTemplate>[0], bundles: readonly string[]): string[] {
  for (const [variant, args] of Object.entries(variants) as [Variant, object][]) {
    let stack: RecordedStack;
    try {
      stack = recordTemplate(program, args, bundles);
    } catch (fault) {
      return [`CDK or the check refuses it: ${String(fault).split("\n")[0]?.slice(0, 120)}`];
    }
    const checks = shared.filter(({ of }) => of.includes(variant)).map(({ name, check }) => ({ name, check }));
    const names = [...checks, { name: "the edge keys are those given", check: keysAreThoseGiven }]
      .filter(({ check }) => !holds(() => check(stack, variant)))
      .map(({ name }) => name);
    if (names.length > 0) return names;
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
  const lines = mutants.map((mutant) => {
    const killers = broken.get(mutant) ?? [];
    return `${mutant.place} ${mutant.file}, ${mutant.name}: ${killers.join("; ") || "SURVIVED"}`;
  });
  console.log(lines.join("\n"));
  expect(mutants.filter((mutant) => broken.get(mutant)?.length === 0).map(({ name }) => name)).toEqual([]);
});

test("every property kills a mutant", () => {
  const killers = new Set([...broken.values()].flat());
  expect(shared.map(({ name }) => name).filter((name) => !killers.has(name))).toEqual([]);
});
