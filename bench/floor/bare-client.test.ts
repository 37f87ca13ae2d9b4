import { startR2 } from "@presign-once/test/servers/r2";
import type { S3Server } from "@presign-once/test/servers/s3-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createFetchClient, createHttpClient } from "./bare-client.ts";

let r2: S3Server;
beforeAll(async () => {
  r2 = await startR2({ buckets: ["index"] });
});
afterAll(async () => r2?.stop());

describe.each([
  ["node:http", createHttpClient],
  ["fetch", createFetchClient],
])("the floor on %s", (name, connect) => {
  test("sends conditional PUTs with signatures that a real S3 accepts and evaluates", async () => {
    const client = connect(r2, "index");
    const key = `signatures/${name.replace(":", "-")}`;
    const created = await client.put(key, "issued", ["if-none-match", "*"]);
    const again = await client.put(key, "issued", ["if-none-match", "*"]);
    const claimed = await client.put(key, "claimed", ["if-match", created.etag]);
    const late = await client.put(key, "claimed", ["if-match", created.etag]);
    client.close();
    expect([created.status, again.status, claimed.status, late.status]).toEqual([200, 412, 200, 412]);
  });

  test("is refused with a wrong secret", async () => {
    const client = connect({ ...r2, credentials: { ...r2.credentials, secretAccessKey: "another" } }, "index");
    const { status } = await client.put("signatures/wrong", "issued", ["if-none-match", "*"]);
    client.close();
    expect(status).toBe(403);
  });
});
