import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, expect } from "vitest";

import { runBundler } from "../../deploy-sst/src/run-bundler.ts";
import { type Broken, brokenBy, bundleNothing, plant, testKills } from "../../deploy-sst/test/mutant-suite.ts";
import { properties } from "../../deploy-sst/test/properties/properties.ts";
import { ALL_VARIANTS, type Property } from "../../deploy-sst/test/properties/property.ts";
import { settingsOf } from "../../deploy-sst/test/properties/read-stack.ts";
import { variants } from "../../deploy-sst/test/variants.ts";
import type * as Construct from "../src/single-use-uploads.ts";
import { type CdkMutant, mutants } from "./mutants.ts";
import { propsOf, recordTemplate } from "./record-template.ts";

const broken: Broken<CdkMutant> = new Map();
const SOURCE = resolve(import.meta.dirname, "..", "src");
let folder: string;

/** Stands beside those of both stacks, for the other stack makes its keys. */
const keysAreThoseGiven: Property = {
  name: "the edge keys are those given",
  of: ALL_VARIANTS,
  check: (stack, variant) =>
    expect(settingsOf(stack, "UploadsIssue").keys).toEqual(propsOf(variants[variant]).edgeKeys),
};
const all = [...properties.filter(({ only }) => only === undefined), keysAreThoseGiven];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-cdk-mutants-"));
  await symlink(resolve(import.meta.dirname, "..", "node_modules"), join(folder, "node_modules"));
  const bundles = runBundler(resolve(SOURCE, ".."), "CdkMutants");
  for (const [place, mutant] of mutants.entries()) {
    const copy = join(folder, String(place));
    await cp(SOURCE, join(copy, "cdk"), { recursive: true });
    await cp(resolve(SOURCE, "../../deploy-sst/src"), join(copy, "shared"), { recursive: true });
    await bundleNothing(join(copy, "shared"), bundles);
    await importShared(join(copy, "cdk"));
    await plant(join(copy, mutant.place), mutant);
    const { href } = pathToFileURL(join(copy, "cdk", "single-use-uploads.ts"));
    // oxlint-disable-next-line import/no-dynamic-require -- the mutant was written a moment ago
    const { SingleUseUploads } = (await import(href)) as typeof Construct;
    const record = (args: object) => recordTemplate(SingleUseUploads, args, [bundles.issueFile, bundles.verifyFile]);
    broken.set(mutant, await brokenBy(all, record));
  }
}, 900_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Lets a copy of the construct read the copy of the description beside it. */
async function importShared(copy: string): Promise<void> {
  for (const file of await readdir(copy)) {
    const text = await readFile(join(copy, file), "utf8");
    await writeFile(join(copy, file), text.replace("@presign-once/deploy-sst/stack", "../shared/stack.ts"));
  }
}

testKills(broken, mutants, all);
