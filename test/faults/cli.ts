/**
 * `pnpm test faults`: claims over a failing network, round after round, from a seed.
 *
 * Ends with 1 if a guarantee was broken, and prints how to see that round again.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

import type { Strategy } from "@presign-once/adapter-s3/strategies";

import { type TransportName, transports } from "../conformance/transports.ts";
import { installCeph } from "../servers/ceph-install.ts";
import { startCeph } from "../servers/ceph.ts";
import { newBucket } from "../servers/new-bucket.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { s3Client } from "../servers/sign.ts";
import { createLab } from "./lab.ts";
import { describeRecord, describeReport, memoryFaults } from "./report.ts";
import { firstRounds, runRounds } from "./run-rounds.ts";

const HELP = `usage: pnpm test faults [options]

  --rounds N    how many rounds; default 2000
  --seed S      what decides about every fault; default: a new one, which is printed
  --round K     run round K of the seed alone, and print all that was seen of it
  --server NAME r2 (conditional; the default), r2-sealed (sealed), ceph (versioning), ceph-unversioned
                (conditional) or ceph-sealed (sealed, unversioned)
  --transport T lean (as at the edge; the default) or sdk
`;

/** Where rounds can be run. */
const places = {
  r2: async () => startOnR2("conditional"),
  "r2-sealed": async () => startOnR2("sealed"),
  ceph: async () => startOnCeph("versioning", true),
  "ceph-unversioned": async () => startOnCeph("conditional", false),
  "ceph-sealed": async () => startOnCeph("sealed", false),
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "2000" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    round: { type: "string" },
    server: { type: "string", default: "r2" },
    transport: { type: "string", default: "lean" },
    help: { type: "boolean", default: false },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
const areInRange = Number.isInteger(rounds) && rounds >= 1 && Number.isInteger(seed);
if (values.help || !areInRange || !(values.server in places) || !(values.transport in transports)) {
  process.stdout.write(HELP);
  process.exit(values.help ? 0 : 2);
}

const place = await places[values.server as keyof typeof places]();
const lab = await createLab(place.server, place.bucket, place.strategy, {
  transport: values.transport as TransportName,
});
try {
  const numbers = values.round === undefined ? firstRounds(rounds) : [Number(values.round)];
  console.log(
    `${place.strategy} on ${values.server}, transport ${values.transport}: ${numbers.length} rounds, seed ${seed}`,
  );
  const startedAt = performance.now();
  const report = await runRounds(lab, {
    seed,
    rounds: numbers,
    onBatch: (done) => console.log(`  ${done} rounds, ${Math.round((performance.now() - startedAt) / 1000)} s`),
  });
  console.log(describeReport(report));
  if (values.round !== undefined && report.last !== undefined) console.log(describeRecord(report.last));
  for (const { round, what, record } of report.wrong) {
    console.error(`\nround ${round}: ${what.join("; ")}`);
    console.error(describeRecord(record));
    console.error(
      `see it again: pnpm test faults --server ${values.server} --transport ${values.transport} --seed ${seed} --round ${round}`,
    );
  }
  const grown = memoryFaults(report);
  for (const fault of grown) console.error(fault);
  if (report.wrong.length > 0 || grown.length > 0) process.exitCode = 1;
} finally {
  await lab.stop();
  await place.server.stop();
}

async function startOnR2(strategy: Strategy): Promise<{ server: S3Server; bucket: string; strategy: Strategy }> {
  return { server: await startR2({ buckets: ["index"] }), bucket: "index", strategy };
}

async function startOnCeph(
  strategy: Strategy,
  versioned: boolean,
): Promise<{ server: S3Server; bucket: string; strategy: Strategy }> {
  await installCeph(console.log);
  const server = await startCeph();
  const s3 = s3Client(server);
  const bucket = await newBucket(s3, { versioned });
  s3.destroy();
  return { server, bucket, strategy };
}
