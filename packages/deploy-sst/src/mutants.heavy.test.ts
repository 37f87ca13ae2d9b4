import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll } from "vitest";

import { type Broken, brokenBy, bundleNothing, plant, testKills } from "../test/mutant-suite.ts";
import { type Mutant, mutants } from "../test/mutants.ts";
import { properties } from "../test/properties/properties.ts";
import { recordStack } from "../test/record-stack.ts";
import { runBundler } from "./run-bundler.ts";
import type * as Stack from "./single-use-uploads.ts";

const broken: Broken<Mutant> = new Map();
const root = resolve(import.meta.dirname, "..");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-mutants-"));
  const bundles = runBundler(root, "Uploads");
  for (const [place, mutant] of mutants.entries()) {
    const copy = join(folder, String(place));
    await cp(import.meta.dirname, copy, { recursive: true });
    await bundleNothing(copy, bundles);
    await plant(copy, mutant);
    const { href } = pathToFileURL(join(copy, "single-use-uploads.ts"));
    // oxlint-disable-next-line import/no-dynamic-require -- the mutant was written a moment ago
    const { singleUseUploads } = (await import(href)) as typeof Stack;
    const record = (args: object) => recordStack(singleUseUploads, "Uploads", { authorizer: "none", root, ...args });
    broken.set(mutant, await brokenBy(properties, record));
  }
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

testKills(broken, mutants, properties);
