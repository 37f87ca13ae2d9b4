import { ARTICLE, FLOOR } from "../contenders/contenders.ts";
import { interleave } from "../measure/interleave.ts";
import { times, wallMilliseconds } from "../measure/stopwatch.ts";
import { type Measurement, toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import type { Bench, Section } from "./section.ts";
import { useAll } from "./use-all.ts";

const against = { floor: FLOOR, article: ARTICLE };

/** How long a claim takes, by how far S3 is away. */
export const time: Section = {
  name: "time",
  about: "wall time of a claim at several distances to S3, its connections warm and cold",
  notes: [
    "The stub answers a round trip late. A cold connection costs two round trips more, TCP's and TLS 1.3's, which the stub adds to the first answer; the CPU time of TLS is left out.",
    "One claim at a time. A warm connection carried a request of the same contender just before.",
  ],
  async run(bench) {
    const measurements: Measurement[] = [];
    for (const roundTripMs of bench.amounts.time.roundTripsMs)
      measurements.push(...(await warmClaims(bench, roundTripMs)), ...(await coldClaims(bench, roundTripMs)));
    return { measurements };
  },
};

async function warmClaims({ stub, entrants, amounts }: Bench, roundTripMs: number): Promise<Measurement[]> {
  const { rounds, batch } = amounts.time.warm;
  const samples = await interleave(entrants, { rounds }, async ({ name, issue }) => {
    const uploads = await times(batch + 1, issue);
    await stub.setRoundTrip(roundTripMs);
    await useAll(name, uploads.slice(batch));
    const taken = await wallMilliseconds(() => useAll(name, uploads.slice(0, batch)));
    await stub.setRoundTrip(0);
    return { [measures.claimTime(roundTripMs, "warm")]: taken / batch };
  });
  return toMeasurements(samples, against);
}

async function coldClaims({ stub, entrants, amounts }: Bench, roundTripMs: number): Promise<Measurement[]> {
  const samples = await interleave(entrants, amounts.time.cold, async ({ name, issue }) => {
    const upload = await issue();
    await stub.dropConnections();
    await stub.setRoundTrip(roundTripMs);
    const taken = await wallMilliseconds(() => useAll(name, [upload]));
    await stub.setRoundTrip(0);
    return { [measures.claimTime(roundTripMs, "cold")]: taken };
  });
  return toMeasurements(samples, against);
}
