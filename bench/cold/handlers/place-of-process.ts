import type { Place } from "../../contenders/contender.ts";

/** The environment variables that tell a handler of the benchmark where its S3 is. */
export function environmentOf({ server, bucket }: Place): Record<string, string> {
  return { BENCH_PLACE: JSON.stringify({ server, bucket }) };
}

/** Where this process's S3 is. */
export function placeOfProcess(): Place {
  return JSON.parse(process.env["BENCH_PLACE"] ?? "") as Place;
}
