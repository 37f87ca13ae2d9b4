import type { Place } from "../e2e/place.ts";
import { startR2 } from "../servers/r2.ts";

/** Starts an R2 with one empty bucket. */
export async function makeR2Place(): Promise<Place> {
  const server = await startR2({ buckets: ["uploads"] });
  return { server, bucket: "uploads", stop: () => server.stop() };
}
