import { randomBytes } from "node:crypto";

import { createEdgeKeys } from "@presign-once/core";

/** An edge key as the settings spell it. */
export interface KeySetting {
  readonly id: string;
  readonly secret: string;
}

/** A new edge key, known to the test. */
export function newKey(id: string): KeySetting {
  return { id, secret: randomBytes(32).toString("base64url") };
}

/** The origin lock that a key gives a URL: what the edge adds to the request that it passes on. */
export async function lockOf(url: string, { id, secret }: KeySetting): Promise<string> {
  const { pathname, searchParams } = new URL(url);
  const keys = createEdgeKeys([{ id, secret: Buffer.from(secret, "base64url") }]);
  const [date, expires] = ["X-Amz-Date", "X-Amz-Expires"].map((name) => searchParams.get(name) ?? "");
  return keys.lock({ path: pathname, date: date ?? "", expires: expires ?? "" });
}
