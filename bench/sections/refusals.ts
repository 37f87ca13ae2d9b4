import { hopeless, type Upload } from "../contenders/contender.ts";
import { ARTICLE, FLOOR } from "../contenders/contenders.ts";
import { interleave } from "../measure/interleave.ts";
import { cpuMicroseconds, times } from "../measure/stopwatch.ts";
import { type Measurement, toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import type { Bench, Entrant, Section } from "./section.ts";
import { useAll } from "./use-all.ts";

/** The cost of a refusal. */
export const refusals: Section = {
  name: "refusals",
  about: "refusals per second of used, forged, expired and malformed URLs, and the S3 requests of each",
  notes: [
    "Per second of CPU time, all threads counted: what one core can refuse when it has nothing else to do.",
    "An index alone never sees a forged, expired or malformed URL.",
  ],
  async run(bench) {
    const entrants = bench.entrants.filter(({ strategy }) => strategy !== "none");
    const { usedBatch, batch } = bench.amounts.refusals;
    const used = await refuse(bench, "used", usedBatch, entrants, async ({ name, issue }) => {
      const upload = await issue();
      await useAll(name, [upload]);
      return upload;
    });
    const whole = entrants.filter(({ spoil }) => spoil !== undefined);
    const others: Measurement[] = [];
    for (const kind of hopeless)
      others.push(
        ...(await refuse(bench, kind, batch, whole, async ({ name, spoil }) => {
          if (spoil === undefined) throw new Error(`${name} does not look at URLs`);
          return spoil[kind]();
        })),
      );
    return { measurements: [...used, ...others] };
  },
};

async function refuse(
  { stub, amounts: { refusals: amounts } }: Bench,
  kind: string,
  batch: number,
  entrants: readonly Entrant[],
  make: (entrant: Entrant) => Promise<Upload>,
): Promise<Measurement[]> {
  const samples = await interleave(entrants, amounts, async (entrant) => {
    const upload = await make(entrant);
    await stub.takeLog();
    const cpu = await cpuMicroseconds(() => times(batch, () => refused(entrant.name, upload)));
    const { length } = await stub.takeLog();
    return {
      [measures.refusalRate(kind)]: (batch / cpu) * 1e6,
      [measures.refusalRequests(kind)]: length / batch,
    };
  });
  return toMeasurements(samples, { floor: FLOOR, article: ARTICLE });
}

async function refused(name: string, upload: Upload): Promise<void> {
  if (await upload()) throw new Error(`${name}: an upload passed that had to be refused`);
}
