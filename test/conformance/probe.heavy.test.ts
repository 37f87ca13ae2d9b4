import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createS3Client } from "@presign-once/adapter-s3";
import { startLocal } from "@presign-once/local-edge";
import { expect, onTestFinished, test } from "vitest";

import { careless } from "../../packages/adapter-s3/test/careless-s3.ts";
import { BUCKET, startFakeS3 } from "../../packages/adapter-s3/test/fake-s3.ts";
import { startR2 } from "../servers/r2.ts";

const SLOW = { timeout: 60_000 };

async function begun(options: Parameters<typeof startLocal>[0]): Promise<string[]> {
  const steps: string[] = [];
  const local = await startLocal({ ...options, onProgress: (step) => void steps.push(step) });
  onTestFinished(() => local.stop());
  return steps;
}

test("a store that ignores conditions is refused before the first URL, and nothing is left in it", SLOW, async () => {
  const { script, objects } = careless();
  const { access } = await startFakeS3(script);
  const { endpoint = "", region, credentials } = access;
  const s3 = { endpoint, region, credentials: credentials as { accessKeyId: string; secretAccessKey: string } };

  await expect(startLocal({ bucket: BUCKET, s3 })).rejects.toMatchObject({
    code: "STRATEGY_UNSAFE",
    message: expect.stringMatching(
      /^--strategy conditional does not make URLs work once on bucket index-bucket \(.+\): no strategy holds there, use another server; presign-once doctor .*--skip-probe/,
    ),
  });
  expect([...objects.keys()]).toEqual([]);
});

test("a store that applies conditions passes, and nothing is left in it", SLOW, async () => {
  const r2 = await startR2({ buckets: ["uploads"] });
  onTestFinished(() => r2.stop());

  expect(await begun({ bucket: "uploads", s3: r2 })).toContain("trying whether a claim is atomic there");
  expect(await begun({ bucket: "uploads", s3: r2, skipProbe: true })).not.toContain(
    "trying whether a claim is atomic there",
  );
  expect(await begun({ bucket: "uploads" })).not.toContain("trying whether a claim is atomic there");

  const client = createS3Client(r2);
  expect(await client.send(new ListObjectsV2Command({ Bucket: "uploads" }))).toMatchObject({ KeyCount: 0 });
  client.destroy();
});
