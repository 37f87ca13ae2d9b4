import { createHttpClient } from "../../floor/bare-client.ts";
import { placeOfProcess } from "./place-of-process.ts";

const CLAIMED = `{"presign-once":"claimed","claimant":"${"0".repeat(32)}"}`;

const { server, bucket } = placeOfProcess();
const client = createHttpClient(server, bucket);

/** A handler that does nothing but one bare conditional PUT: the least that a claim can cost a fresh process. */
export async function handler({ key, etag }: { readonly key: string; readonly etag: string }): Promise<boolean> {
  return (await client.put(key, CLAIMED, ["if-match", etag])).status === 200;
}
