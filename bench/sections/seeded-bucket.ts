import { randomBytes } from "node:crypto";

import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { S3Server } from "@presign-once/test/servers/s3-server";
import { s3Client } from "@presign-once/test/servers/sign";

import { createHttpClient } from "../floor/bare-client.ts";
import { atOnce } from "./at-once.ts";

/** A bucket that began with so many index entries. */
export interface SeededBucket {
  readonly name: string;
  readonly count: number;
  /** Takes away what came later, where one entry more would make a difference. */
  tidy(): Promise<void>;
  close(): void;
}

const IN_FLIGHT = 16;
/** From here on, a few hundred entries more make no difference. */
const LARGE = 1_000;

/** Fills a bucket with issued entries, each under a hash of its own. */
export async function createSeededBucket(server: S3Server, name: string, count: number): Promise<SeededBucket> {
  const client = createHttpClient(server, name);
  const s3 = s3Client(server);
  const seeds = Array.from({ length: count }, () => `signatures/${randomBytes(32).toString("hex")}`);
  await atOnce(IN_FLIGHT, count, async (n) => {
    const { status } = await client.put(seeds[n] ?? "", '{"presign-once":"issued"}', ["if-none-match", "*"]);
    if (status !== 200) throw new Error(`an entry could not be written: ${status}`);
  });
  client.close();
  return {
    name,
    count,
    async tidy() {
      if (count >= LARGE) return;
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name }));
      const later = Contents.map(({ Key = "" }) => Key).filter((key) => !seeds.includes(key));
      for (const Key of later) await s3.send(new DeleteObjectCommand({ Bucket: name, Key }));
    },
    close: () => s3.destroy(),
  };
}
