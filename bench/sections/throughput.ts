import { startLocal } from "@presign-once/local-edge";

import { bareRequest } from "../contenders/bare-request.ts";
import { createFetchClient } from "../floor/bare-client.ts";
import { interleave, type Samples } from "../measure/interleave.ts";
import { wallMilliseconds } from "../measure/stopwatch.ts";
import { toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import { atOnce } from "./at-once.ts";
import type { Section } from "./section.ts";

const IN_FLIGHT = 8;
const STRAIGHT = "straight to R2";

/** What the whole stack does on this machine, edge and S3 server and clients together. */
export const throughput: Section = {
  name: "throughput",
  about: "issues, uploads and refusals per second through local-edge, in front of R2 in miniflare",
  notes: [
    `${IN_FLIGHT} requests under way at once, and as many function processes. Clients, edge, functions and S3 share this machine.`,
    `"${STRAIGHT}" is two signed PUTs without an edge: one that creates an object, one that overwrites it.`,
  ],
  async run({ amounts: { throughput: amounts } }) {
    const local = await startLocal({ concurrency: IN_FLIGHT, onLog: () => {} });
    const bare = await bareRequest(STRAIGHT, createFetchClient).open({
      server: { ...local.s3, forcePathStyle: true },
      bucket: local.bucket,
    });
    const straight = { name: STRAIGHT, issue: bare.issue };
    const edge = {
      name: "local-edge",
      async issue() {
        const url = await (await fetch(`${local.baseUrl}/url`)).text();
        return async () => {
          const answer = await fetch(url, { method: "PUT", body: "hello" });
          await answer.arrayBuffer();
          return answer.ok;
        };
      },
    };
    try {
      const samples: Samples = await interleave([straight, edge], { ...amounts, warmUp: 1 }, async ({ issue }) => {
        const rate = async (work: (n: number) => Promise<unknown>): Promise<number> =>
          (amounts.batch / (await wallMilliseconds(() => atOnce(IN_FLIGHT, amounts.batch, work)))) * 1_000;
        const uploads: (() => Promise<boolean>)[] = [];
        const issues = await rate(async () => uploads.push(await issue()));
        const use = (passes: boolean) => async (n: number) => {
          if ((await uploads[n]?.()) !== passes) throw new Error("an upload was not answered as it should be");
        };
        return {
          [measures.localRate("issues")]: issues,
          [measures.localRate("first uses")]: await rate(use(true)),
          [measures.localRate("refusals of used URLs")]: await rate(use(false)),
        };
      });
      return { measurements: toMeasurements(samples, { straight: STRAIGHT }) };
    } finally {
      await bare.close();
      await local.stop();
    }
  },
};
