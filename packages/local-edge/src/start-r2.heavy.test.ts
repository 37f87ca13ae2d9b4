import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";

import { type LocalR2, startR2 } from "./start-r2.ts";

function clientOf(r2: LocalR2): S3Client {
  const s3 = new S3Client({
    endpoint: r2.endpoint,
    region: r2.region,
    credentials: r2.credentials,
    forcePathStyle: true,
  });
  onTestFinished(() => s3.destroy());
  return s3;
}

test("objects are found again after a restart on the same folder", { timeout: 30_000 }, async () => {
  const persistTo = await mkdtemp(join(tmpdir(), "local-edge-r2-"));
  onTestFinished(() => rm(persistTo, { recursive: true, force: true }));
  const first = await startR2({ buckets: ["one", "two"], persistTo });
  await clientOf(first).send(new PutObjectCommand({ Bucket: "two", Key: "k", Body: "hello" }));
  await first.stop();

  const second = await startR2({ buckets: ["one", "two"], persistTo });
  onTestFinished(() => second.stop());
  const object = await clientOf(second).send(new GetObjectCommand({ Bucket: "two", Key: "k" }));
  expect(await object.Body?.transformToString()).toBe("hello");
});

test("conditional writes and signatures are checked", { timeout: 30_000 }, async () => {
  const r2 = await startR2({ buckets: ["one"] });
  onTestFinished(() => r2.stop());
  const put = new PutObjectCommand({ Bucket: "one", Key: "k", Body: "x", IfNoneMatch: "*" });
  await clientOf(r2).send(put);
  await expect(clientOf(r2).send(put)).rejects.toMatchObject({ name: "PreconditionFailed" });
  const forged = { ...r2, credentials: { ...r2.credentials, secretAccessKey: "wrong" } };
  await expect(clientOf(forged).send(put)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});

/** Takes a port until the test is over. */
async function takePort(): Promise<number> {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void blocker.close());
  return (blocker.address() as { port: number }).port;
}

test("uses a free port if the preferred one is in use", { timeout: 30_000 }, async () => {
  const preferredPort = await takePort();
  const beside = await startR2({ preferredPort, buckets: ["one"] });
  onTestFinished(() => beside.stop());
  expect(new URL(beside.endpoint).port).not.toBe(String(preferredPort));
  await clientOf(beside).send(new PutObjectCommand({ Bucket: "one", Key: "k", Body: "x" }));
});

test("uses the preferred port if it is free", { timeout: 30_000 }, async () => {
  const former = await startR2({ buckets: ["one"] });
  await former.stop();
  const preferredPort = Number(new URL(former.endpoint).port);
  const r2 = await startR2({ preferredPort, buckets: ["one"] });
  onTestFinished(() => r2.stop());
  expect(new URL(r2.endpoint).port).toBe(String(preferredPort));
});

test("reports a port in use before anything starts", async () => {
  const port = await takePort();
  await expect(startR2({ port, buckets: ["one"] })).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: expect.stringContaining(String(port)),
  });
});

test("reports in one line that R2 cannot start", { timeout: 30_000 }, async () => {
  const failure = startR2({ buckets: ["one"], persistTo: "/dev/null/nowhere" });
  await expect(failure).rejects.toMatchObject({ code: "R2_FAILED", message: expect.not.stringContaining("\n") });
});
