import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { zipSync } from "fflate";

import { BARE_HANDLER, type ColdHandler, type Metafile, placeColdHandlers } from "../cold/cold-handlers.ts";
import { bundles } from "../contenders/contenders.ts";
import { interleave } from "../measure/interleave.ts";
import { toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import { packageOf } from "../report/package-of.ts";
import { largestParts } from "./largest-parts.ts";
import type { Breakdown, Section } from "./section.ts";

/** How many bytes are deployed, and from which packages. */
export const size: Section = {
  name: "size",
  about:
    "bytes of each bundle: minified, gzipped, zipped with its settings; and the packages and modules they come from",
  notes: ["The zip is what Lambda is given: at most 1 MB for a viewer-request function."],
  async run({ stub }) {
    const handlers = await placeColdHandlers(stub);
    const sizes = await interleave(handlers, { rounds: 1 }, sizesOf);
    const breakdowns = handlers
      .filter(({ name }) => bundles.some((bundle) => bundle.name === name))
      .flatMap(({ name, metafile }) => breakDown(name, metafile));
    for (const { remove } of handlers) await remove();
    return { measurements: toMeasurements(sizes, { bare: BARE_HANDLER }), breakdowns };
  },
};

async function sizesOf({ dir }: ColdHandler): Promise<Record<string, number>> {
  const code = await readFile(join(dir, "index.mjs"));
  const settings = await readFile(join(dir, "config.json")).catch(() => Buffer.alloc(0));
  return {
    [measures.minifiedBytes]: code.length,
    [measures.gzippedBytes]: gzipSync(code, { level: 9 }).length,
    [measures.zippedBytes]: zipSync({ "index.mjs": code, "config.json": settings }, { level: 9 }).length,
  };
}

function breakDown(name: string, metafile: Metafile): Breakdown[] {
  const modules = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).map(([path, { bytesInOutput }]) => ({ path, amount: bytesInOutput })),
  );
  return [
    {
      title: `${name}: bytes by package`,
      unit: "bytes",
      parts: largestParts(modules, ({ path }) => packageOf(path), 15),
    },
    {
      title: `${name}: bytes by module`,
      unit: "bytes",
      parts: largestParts(modules, ({ path }) => path.split("node_modules/").at(-1) ?? path, 15),
    },
  ];
}
