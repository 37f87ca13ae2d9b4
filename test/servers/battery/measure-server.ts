import { createS3Client, createS3UploadClient, PATIENT_LIMITS, proveOneObject } from "@presign-once/adapter-s3";
import { doctor } from "@presign-once/adapter-s3/doctor";
import { type Strategy, strategyNames } from "@presign-once/adapter-s3/strategies";
import { raceInProcesses } from "@presign-once/indexes/testing";

import { createLab } from "../../faults/lab.ts";
import { firstRounds, runRounds, SEED } from "../../faults/run-rounds.ts";
import { type CataloguedServer, FIXED_BUCKETS } from "../catalogue.ts";
import { newBucket } from "../new-bucket.ts";
import type { S3Server } from "../s3-server.ts";
import type { BucketKind, Measurement, StrategyOutcome } from "./measurement.ts";

const CLAIMANTS = 32;

/** How hard to try: rounds of the laws' races, of the races from two processes, and over a failing network. */
export interface Effort {
  readonly laws: number;
  readonly races: number;
  readonly faults: number;
}

/**
 * Runs the battery on a server: on each kind of bucket each strategy by the laws, then by races from two processes, then by
 * rounds over a failing network, up to the first guarantee that is broken.
 *
 * @param report  gets a line before each part
 */
export async function measureServer(
  server: CataloguedServer,
  effort: Effort,
  report: (line: string) => void,
): Promise<Measurement[]> {
  await server.install(report);
  const running = await server.start();
  try {
    const measurements: Measurement[] = [];
    for (const bucketKind of ["unversioned", "versioned"] as const) {
      if (bucketKind === "versioned" && !server.hasVersions) continue;
      const say = (line: string) => report(`${server.title}, ${bucketKind}: ${line}`);
      const strategies = {} as Record<Strategy, StrategyOutcome>;
      for (const strategy of strategyNames)
        strategies[strategy] = await measureStrategy(
          running,
          await makeBucket(server, running, bucketKind),
          strategy,
          effort,
          say,
        );
      say("uploads that overlap");
      measurements.push({
        server: server.title,
        bucket: bucketKind,
        strategies,
        oneObject: await measureUploads(running, await makeBucket(server, running, bucketKind)),
      });
    }
    return measurements;
  } finally {
    await running.stop();
  }
}

async function makeBucket(server: CataloguedServer, running: S3Server, kind: BucketKind): Promise<string> {
  if (!server.hasVersions) return FIXED_BUCKETS[0];
  const s3 = createS3Client(running);
  try {
    return await newBucket(s3, { versioned: kind === "versioned" });
  } finally {
    s3.destroy();
  }
}

async function measureStrategy(
  { endpoint, region, credentials, forcePathStyle }: S3Server,
  bucket: string,
  strategy: Strategy,
  effort: Effort,
  say: (line: string) => void,
): Promise<StrategyOutcome> {
  const access = { endpoint, region, credentials, forcePathStyle };
  say(`${strategy}: laws`);
  const options = { access, bucket, strategies: [strategy], rounds: effort.laws, claimants: CLAIMANTS };
  const [laws] = await doctor({ ...options, limits: PATIENT_LIMITS });
  if (laws === undefined || laws.verdict === "unavailable") return { status: "unavailable", seen: laws?.reason ?? "" };
  const broken = laws.laws.find((law) => law.broken !== undefined);
  if (broken !== undefined) return { status: "unsafe", seen: `${broken.name}: ${broken.broken}` };

  say(`${strategy}: races from two processes`);
  const { roundsByWinners } = await raceInProcesses({
    module: new URL("../../races/entrants.ts", import.meta.url),
    options: { server: access, bucket, entrant: strategy },
    rounds: effort.races,
    claimants: CLAIMANTS,
    execArgv: ["--conditions=source"],
  });
  const others = Object.entries(roundsByWinners).filter(([winners]) => winners !== "1");
  if (others.length > 0) {
    const seen = others.map(([winners, rounds]) => `${winners} winners in ${rounds}`).join(", ");
    return { status: "unsafe", seen: `of ${effort.races} races from two processes: ${seen}` };
  }

  say(`${strategy}: rounds over a failing network`);
  const lab = await createLab(access, bucket, strategy);
  try {
    const { wrong, answers } = await runRounds(lab, { seed: SEED, rounds: firstRounds(effort.faults) });
    const first = wrong[0];
    if (first !== undefined)
      return {
        status: "unsafe",
        seen: `round ${first.round} of seed ${SEED} over a failing network: ${first.what.join("; ")}`,
      };
    const claims = effort.races * CLAIMANTS + Object.values(answers).reduce((sum, count) => sum + count, 0);
    return { status: "held", claims };
  } finally {
    await lab.stop();
  }
}

async function measureUploads(access: S3Server, bucket: string): Promise<Measurement["oneObject"]> {
  const s3 = createS3UploadClient(access);
  try {
    const told = async (multipart: boolean): Promise<string> => {
      const outcome = await proveOneObject({ s3, bucket, multipart });
      return outcome.status === "broken" ? `**no**: ${outcome.seen}` : outcome.status;
    };
    return { puts: await told(false), parts: await told(true) };
  } finally {
    s3.destroy();
  }
}
