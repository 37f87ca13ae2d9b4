import { ARTICLE } from "../contenders/contenders.ts";
import { interleave } from "../measure/interleave.ts";
import { toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import { countRoundTrips } from "../stub/round-trips.ts";
import type { Section } from "./section.ts";

/** Long enough for requests that are sent together to be under way together. */
const ROUND_TRIP_MS = 10;

/** How many requests a URL costs, and how many of them wait for each other. */
export const requests: Section = {
  name: "requests",
  about: "S3 requests and sequential round trips of an issue, a claim and a URL's whole life, counted by the stub",
  notes: [
    "Round trips: the longest chain of requests each of which was sent after the one before it was answered.",
    "The life of a URL is its issue and its first use; what a process asks once in its own life is left out.",
  ],
  async run({ stub, entrants, amounts }) {
    await stub.setRoundTrip(ROUND_TRIP_MS);
    const samples = await interleave(entrants, { rounds: amounts.counted.urls, warmUp: 1 }, async ({ issue, name }) => {
      await stub.takeLog();
      const upload = await issue();
      const issued = await stub.takeLog();
      if (!(await upload())) throw new Error(`${name}: a first use was refused`);
      const claimed = await stub.takeLog();
      return {
        [measures.claimRequests]: claimed.length,
        [measures.claimRoundTrips]: countRoundTrips(claimed),
        [measures.issueRequests]: issued.length,
        [measures.issueRoundTrips]: countRoundTrips(issued),
        [measures.lifeRequests]: issued.length + claimed.length,
      };
    });
    await stub.setRoundTrip(0);
    return { measurements: toMeasurements(samples, { article: ARTICLE }) };
  },
};
