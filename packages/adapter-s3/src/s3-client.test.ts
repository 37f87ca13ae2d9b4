import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test, vi } from "vitest";

import { answer, BUCKET, connect, s3Error, startFakeS3 } from "../test/fake-s3.ts";

/** A client of a server, and how to let time pass and to ask something. */
async function client(status = 200) {
  const server = await startFakeS3({ HeadObject: () => (status === 200 ? answer(200) : s3Error(status, "SlowDown")) });
  const s3 = connect(server.access);
  const realNow = Date.now.bind(Date);
  let passedMs = 0;
  const now = vi.spyOn(Date, "now").mockImplementation(() => realNow() + passedMs);
  onTestFinished(() => now.mockRestore());
  return {
    server,
    ask: async () => s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "key" })),
    pass: (ms: number) => (passedMs += ms),
  };
}

test("requests in a row share a connection", async () => {
  const { server, ask, pass } = await client();
  for (let i = 0; i < 5; i++) {
    await ask();
    pass(3_000);
  }
  expect(server.connections).toBe(1);
});

test("a connection that idled for more than 4 s is not used again", async () => {
  const { server, ask, pass } = await client();
  await ask();
  pass(4_100);
  await ask();
  expect(server.connections).toBe(2);
  await expect.poll(() => server.openConnections).toBe(1);
});

test("every idle connection is dropped, not only one", async () => {
  const { server, ask, pass } = await client();
  await Promise.all(Array.from({ length: 5 }, ask));
  expect(server.connections).toBe(5);
  pass(4_100);
  await ask();
  await expect.poll(() => server.openConnections).toBe(1);
});

test("a connection in use is left alone", async () => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const server = await startFakeS3({
    HeadObject: ({ key }) => (key === "slow" ? (response) => void held.then(() => answer(200)(response)) : answer(200)),
  });
  const s3 = connect(server.access);
  const realNow = Date.now.bind(Date);
  const slow = s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "slow" }));
  await expect.poll(() => server.requests.length).toBe(1);
  const now = vi.spyOn(Date, "now").mockImplementation(() => realNow() + 10_000);
  onTestFinished(() => now.mockRestore());
  await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "other" }));
  release();
  expect((await slow).$metadata.httpStatusCode).toBe(200);
});

test("a failed request is sent once", async () => {
  const { server, ask } = await client(503);
  await expect(ask()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  expect(server.requests).toHaveLength(1);
});
