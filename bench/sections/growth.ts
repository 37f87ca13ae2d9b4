import { startR2 } from "@presign-once/test/servers/r2";
import type { S3Server } from "@presign-once/test/servers/s3-server";

import { needsVersions } from "../contenders/contender.ts";
import { contenders, FLOOR } from "../contenders/contenders.ts";
import { interleave } from "../measure/interleave.ts";
import { wallMilliseconds } from "../measure/stopwatch.ts";
import { figure } from "../report/format.ts";
import { type Measurement, toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import type { Section } from "./section.ts";
import { createSeededBucket, type SeededBucket } from "./seeded-bucket.ts";
import { useAll } from "./use-all.ts";

const WARM_UP = 10;

/** What an index with so many entries is called. */
export function entries(count: number): string {
  return count === 1 ? "1 entry" : `${figure(count)} entries`;
}

/** How the times grow with the index. */
export const growth: Section = {
  name: "growth",
  about: "wall time of an issue, a claim and a refusal with 1, 1,000 and 100,000 entries in the index, on R2",
  notes: [
    "R2 in miniflare, a bucket for each size, one request at a time, sizes in turn. What R2 itself takes longer shows in the floor.",
    "R2 has no versions, so the article's algorithm and `versioning` are not here. A quick run leaves 100,000 out.",
  ],
  async run({ amounts: { growth: amounts } }) {
    const sizes = amounts.entries.map((count) => ({ count, name: `index-${count}` }));
    const r2 = await startR2({ buckets: sizes.map(({ name }) => name) });
    const buckets: SeededBucket[] = [];
    try {
      for (const { count, name } of sizes) buckets.push(await createSeededBucket(r2, name, count));
      const measurements: Measurement[] = [];
      for (const contender of contenders.filter((one) => !needsVersions(one) && (one.name === FLOOR || one.judged)))
        measurements.push(...(await measure(contender, r2, buckets, amounts.rounds)));
      return { measurements };
    } finally {
      for (const bucket of buckets) bucket.close();
      await r2.stop();
    }
  },
};

async function measure(
  contender: (typeof contenders)[number],
  server: S3Server,
  buckets: readonly SeededBucket[],
  rounds: number,
): Promise<Measurement[]> {
  const entrants = await Promise.all(
    buckets.map(async (bucket) => ({
      name: entries(bucket.count),
      bucket,
      open: await contender.open({ server, bucket: bucket.name }),
    })),
  );
  const samples = await interleave(entrants, { rounds, warmUp: WARM_UP }, async ({ bucket, open }) => {
    const uploads: (() => Promise<boolean>)[] = [];
    const issued = await wallMilliseconds(async () => uploads.push(await open.issue()));
    const claimed = await wallMilliseconds(() => useAll(contender.name, uploads));
    const refused = await wallMilliseconds(async () => uploads[0]?.());
    await bucket.tidy();
    return {
      [measures.growth("issue", contender.name)]: issued,
      [measures.growth("claim", contender.name)]: claimed,
      [measures.growth("refusal of a used URL", contender.name)]: refused,
    };
  });
  for (const { open } of entrants) await open.close();
  return toMeasurements(samples, { [entries(1)]: entries(1) });
}
