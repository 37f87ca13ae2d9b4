import { randomBytes } from "node:crypto";

import { createEdgeKeys, GRANT_ID_METADATA, LOCK_HEADER } from "@presign-once/core";

/** An edge key as the settings spell it. */
export interface KeySetting {
  readonly id: string;
  readonly secret: string;
}

/** A new edge key, known to the test. */
export function newKey(id: string): KeySetting {
  return { id, secret: randomBytes(32).toString("base64url") };
}

/** What the edge adds to an upload that it passes on, with the lock that this key gives its URL. */
export async function edgeHeaders(url: string, key: KeySetting): Promise<Record<string, string>> {
  return { [LOCK_HEADER]: await lockOf(url, key), ...idHeader(url) };
}

/** The header that names the grant of a URL; the URL contains its value. */
export function idHeader(url: string): Record<string, string> {
  return { [`x-amz-meta-${GRANT_ID_METADATA}`]: new URL(url).pathname.split("/").at(-1) ?? "" };
}

/** The origin lock that a key gives a URL: what the edge adds to the request that it passes on. */
export async function lockOf(url: string, { id, secret }: KeySetting): Promise<string> {
  const { pathname, searchParams } = new URL(url);
  const keys = createEdgeKeys([{ id, secret: Buffer.from(secret, "base64url") }]);
  const [date, expires] = ["X-Amz-Date", "X-Amz-Expires"].map((name) => searchParams.get(name) ?? "");
  return keys.lock({ path: pathname, date: date ?? "", expires: expires ?? "" });
}
