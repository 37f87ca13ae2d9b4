import { createServer } from "node:net";

import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";

import { listen } from "./listen.ts";
import { type LocalOptions, startLocal } from "./start-local.ts";
import { startR2 } from "./start-r2.ts";

const SLOW = { timeout: 60_000 };

async function start(options: LocalOptions = {}) {
  const log: string[] = [];
  const local = await startLocal({ onLog: (line) => log.push(line), concurrency: 3, ...options });
  onTestFinished(() => local.stop());
  const issue = async (): Promise<string> => (await fetch(`${local.baseUrl}/url`)).text();
  return { ...local, log, issue };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, 0, "port");
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

test("one of 6 concurrent uploads wins, with the real functions and a real S3 server", SLOW, async () => {
  const local = await start();
  const url = await local.issue();
  expect(url.startsWith(`${local.baseUrl}/uploads/`)).toBe(true);
  const uploads = Array.from({ length: 6 }, (_, writer) => fetch(url, { method: "PUT", body: `writer ${writer}` }));
  const statuses = (await Promise.all(uploads)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 403)).toHaveLength(5);
  expect(local.originRequestCount()).toBe(1);

  const s3 = new S3Client({ ...local.s3, forcePathStyle: true });
  onTestFinished(() => s3.destroy());
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: local.bucket, Prefix: "uploads/" }));
  expect(Contents).toHaveLength(1);
  expect(local.log.filter((line) => line.includes('"outcome":"accepted"'))).toHaveLength(1);
  expect(local.log.join("\n")).not.toContain("X-Amz-Signature");
});

const PAGE = "https://app.example";

test("a browser's upload from a configured origin reaches R2, and the page may read the answer", SLOW, async () => {
  const local = await start({ config: { cors: { origins: [PAGE] } } });
  const response = await fetch(await local.issue(), { method: "PUT", body: "x", headers: { Origin: PAGE } });
  expect(response.status).toBe(200);
  expect(response.headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(response.headers.get("access-control-expose-headers")).toBe("ETag");
});

test("an R2 given as an S3 server works the same", SLOW, async () => {
  const r2 = await startR2({ buckets: ["b-1"] });
  onTestFinished(() => r2.stop());
  const local = await start({ bucket: "b-1", s3: r2, config: { cors: { origins: [PAGE] } } });
  const response = await fetch(await local.issue(), { method: "PUT", body: "x", headers: { Origin: PAGE } });
  expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([200, PAGE]);
});

test.each(["mf-original-hostname", "mf-original-url"])(
  "a viewer cannot change R2's routing with %s",
  SLOW,
  async (name) => {
    const local = await start();
    const response = await fetch(await local.issue(), {
      method: "PUT",
      body: "x",
      headers: { [name]: "http://other.example/" },
    });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  },
);

test("serves the page", SLOW, async () => {
  const local = await start();
  expect(await (await fetch(local.baseUrl)).text()).toContain("<title>presign-once</title>");
});

test("names a setting that the functions refuse, and stops R2", SLOW, async () => {
  const r2Port = await freePort();
  const attempt = startLocal({ r2Port, config: { expiresInSeconds: -1 } });
  await expect(attempt).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("expiresInSeconds"),
  });
  const probe = createServer();
  expect(await listen(probe, r2Port, "port")).toBe(r2Port);
  probe.close();
});

test("names a port of R2 that is in use", SLOW, async () => {
  const blocker = createServer();
  const r2Port = await listen(blocker, 0, "port");
  onTestFinished(() => void blocker.close());
  await expect(startLocal({ r2Port })).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: expect.stringContaining(`port ${r2Port}`),
  });
});

test("refuses the strategy versioning for the embedded R2", async () => {
  await expect(startLocal({ strategy: "versioning" })).rejects.toMatchObject({ code: "OPTION_INVALID" });
});
