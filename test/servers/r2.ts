import { startR2 as startEmbedded } from "@presign-once/local-edge";

import type { S3Server } from "./s3-server.ts";

/**
 * Starts Cloudflare R2 on a free port of 127.0.0.1, as `npx pnpm start` embeds it, in memory.
 *
 * Signatures, expiry, `If-Match` and `If-None-Match` are real; versions are not offered. Requests must name 127.0.0.1
 * or localhost as their Host, with any port.
 *
 * @param options.buckets    their names; fixed from here on
 * @param options.persistTo  folder for what it stores, to look into; default: one that goes with it
 * @see https://developers.cloudflare.com/r2/api/s3/api/
 */
export async function startR2(options: { buckets: readonly string[]; persistTo?: string }): Promise<S3Server> {
  return { ...(await startEmbedded(options)), forcePathStyle: true };
}
