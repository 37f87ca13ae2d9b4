import { ARTICLE, FLOOR } from "../contenders/contenders.ts";
import { interleave } from "../measure/interleave.ts";
import { cpuMicroseconds, times } from "../measure/stopwatch.ts";
import { toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import type { Section } from "./section.ts";
import { useAll } from "./use-all.ts";

/** What a URL costs this process in CPU time, with an S3 that answers at once. */
export const cpu: Section = {
  name: "cpu",
  about: "CPU time of an issue and of a claim, over thousands of each",
  notes: [
    "All threads of the process count; the stub has a process of its own. Connections are warm, and without TLS.",
    "An index alone does not look at the URL; the bundle does all that an edge function does, its log line included.",
  ],
  async run({ entrants, amounts: { cpu: amounts } }) {
    const samples = await interleave(entrants, amounts, async ({ name, issue }) => {
      const uploads: Awaited<ReturnType<typeof issue>>[] = [];
      const issueCpu = await cpuMicroseconds(async () => uploads.push(...(await times(amounts.batch, issue))));
      const claimCpu = await cpuMicroseconds(() => useAll(name, uploads));
      return { [measures.claimCpu]: claimCpu / amounts.batch, [measures.issueCpu]: issueCpu / amounts.batch };
    });
    return { measurements: toMeasurements(samples, { floor: FLOOR, article: ARTICLE }) };
  },
};
