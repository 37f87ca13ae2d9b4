import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BARE_HANDLER, type ColdHandler, placeColdHandlers } from "../cold/cold-handlers.ts";
import { type ColdProcess, LAMBDA_FLAGS, startCold, writeColdProgram } from "../cold/start-cold.ts";
import { interleave } from "../measure/interleave.ts";
import { times } from "../measure/stopwatch.ts";
import { toMeasurements } from "../report/measurement.ts";
import { measures } from "../report/measures.ts";
import type { Section } from "./section.ts";

/** Requests after which a process's memory is looked at. */
const REQUESTS = 1_000;

/** What a fresh process costs, and how large it grows. */
export const coldStart: Section = {
  name: "cold-start",
  about: `CPU time of import and first request in a fresh process, and its memory after ${REQUESTS.toLocaleString("en")} requests`,
  notes: [
    `Node is told that it has 128 MB as Lambda tells it: ${LAMBDA_FLAGS.join(" ")}. The cap is the heap's; nothing here takes memory away from a process. MB are 1,000,000 bytes.`,
    "Most of a small function's RSS is pages of Node's own program; what is left without them is a table of its own. A quick run leaves memory out.",
    "Reading and compiling the bundle is part of the import, without a cache of compiled code; Node's own start and TLS are not in it.",
  ],
  async run({ stub, amounts: { coldStart: amounts } }) {
    await stub.setRoundTrip(0);
    const dir = await mkdtemp(join(tmpdir(), "presign-once-bench-"));
    const program = await writeColdProgram(dir);
    const handlers = await placeColdHandlers(stub);
    try {
      const starts = await interleave(handlers, { rounds: amounts.starts }, (handler) =>
        inFreshProcess(program, handler, async (cold) => {
          const firstCpuMs = await request(cold, handler);
          return {
            [measures.startCpu]: cold.importCpuMs + firstCpuMs,
            [measures.importCpu]: cold.importCpuMs,
            [measures.firstCpu]: firstCpuMs,
          };
        }),
      );
      const memory = await interleave(handlers, { rounds: amounts.memory }, (handler) =>
        inFreshProcess(program, handler, async (cold) => {
          await times(REQUESTS, () => request(cold, handler));
          const { rssMb, peakRssMb, ownMb } = await cold.memory();
          return { [measures.memory]: rssMb, [measures.ownMemory]: ownMb, [measures.peakMemory]: peakRssMb };
        }),
      );
      const against = { bare: BARE_HANDLER };
      return { measurements: [...toMeasurements(starts, against), ...toMeasurements(memory, against)] };
    } finally {
      for (const { remove } of handlers) await remove();
      await rm(dir, { recursive: true, force: true });
    }
  },
};

async function inFreshProcess<T>(
  program: string,
  { dir, environment }: ColdHandler,
  work: (cold: ColdProcess) => Promise<T>,
): Promise<T> {
  const cold = await startCold(program, dir, environment);
  try {
    return await work(cold);
  } finally {
    await cold.stop();
  }
}

/** One request with an event of its own; returns its CPU time in milliseconds. */
async function request(cold: ColdProcess, { name, prepare, succeeded }: ColdHandler): Promise<number> {
  const { cpuMs, result } = await cold.handle(await prepare());
  if (!succeeded(result)) throw new Error(`${name}: a request was not answered as it should be`);
  return cpuMs;
}
