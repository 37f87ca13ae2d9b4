import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createS3UploadClient } from "@presign-once/adapter-s3";

import { readR2Leftovers } from "../servers/r2-disk.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { startStrictR2 } from "../support/fronts/s3/strict-r2.ts";
import type { RelayPlace, RunningRelay } from "./relay-place.ts";

const BUCKET = "uploads";

/** Starts an R2 that is as strict as S3, and a relay in front of it. */
export async function startOnR2(run: (r2: S3Server, bucket: string) => Promise<RunningRelay>): Promise<RelayPlace> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-r2-"));
  const r2 = await startStrictR2({ buckets: [BUCKET], persistTo: folder });
  const relay = await run(r2, BUCKET);
  const s3 = createS3UploadClient(r2);
  return {
    relay,
    s3,
    bucket: BUCKET,
    async leftovers(key) {
      const { uploads, parts } = await readR2Leftovers(folder, key);
      return uploads + parts;
    },
    async stop() {
      s3.destroy();
      await relay.stop();
      await r2.stop();
      await rm(folder, { recursive: true });
    },
  };
}
