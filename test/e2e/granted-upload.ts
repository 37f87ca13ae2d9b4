import { edgeHeaders, type KeySetting } from "../origin-lock/known-keys.ts";
import type { IssuedGrant } from "./request-grant.ts";
import type { Stack } from "./stack.ts";
import type { Answer } from "./viewer.ts";

/** Headers to send otherwise than granted; `undefined` leaves one away. */
export type HeaderChanges = Readonly<Record<string, string | undefined>>;

/** Uploads with the headers of the grant, less `content-length`, which every client sends by itself, and changes. */
export function uploadAsGranted(
  stack: Stack,
  { url, headers }: IssuedGrant,
  body: Buffer,
  changes: HeaderChanges = {},
): Promise<Answer> {
  const all = Object.entries({ ...headers, "content-length": undefined, ...changes });
  const sent = all.flatMap(([field, value]): [string, string][] => (value === undefined ? [] : [[field, value]]));
  return stack.send(url, { body: new Uint8Array(body), headers: sent });
}

/**
 * Sends an upload to S3 itself, with what only the edge can add.
 *
 * @param key  of the edge
 */
export async function uploadAroundEdge(
  stack: Stack,
  key: KeySetting,
  grant: IssuedGrant,
  body: Buffer,
  changes: HeaderChanges = {},
): Promise<Answer> {
  const { pathname, search } = new URL(grant.url);
  const url = stack.local.originUrl + pathname + search.replace(/&x-once-tag=[^&]*/, "");
  const unlocked = { ...grant, url, headers: { ...grant.headers, ...(await edgeHeaders(grant.url, key)) } };
  const send = (): Promise<Answer> => uploadAsGranted(stack, unlocked, body, changes);
  // Ceph answers before it has read the body and closes; fetch may still take that connection for the next request.
  return send().catch(send);
}
