import { expect, test } from "vitest";

import { makeCephPlace } from "./ceph-place.ts";
import { describeRetries } from "./retries-suite.ts";
import { startStack } from "./stack.ts";

describeRetries("Ceph without versions", "object", () => makeCephPlace("conditional", false));

test("on Ceph with versions, which keeps two objects of one URL, the edge refuses to start with retries", async () => {
  const { server, bucket } = await makeCephPlace("sealed", true);
  const config = { retries: { evidence: "versions" as const } };
  await expect(startStack(server, bucket, { strategy: "sealed", config, skipProbe: true })).rejects.toMatchObject({
    code: "RETRIES_UNSAFE",
    message: expect.stringMatching(/^config\.retries: bucket .* may keep two objects of one URL .*without versions/),
  });
}, 60_000);

test("on Ceph with versions, the edge starts without retries by default", async () => {
  const { server, bucket, options } = await makeCephPlace("versioning", true);
  const stack = await startStack(server, bucket, options);
  try {
    expect((await fetch(`${stack.local.baseUrl}/url?retries=same-client`)).status).toBe(400);
  } finally {
    await stack.stop();
  }
}, 60_000);
