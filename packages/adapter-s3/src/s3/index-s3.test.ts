import { describe, expect, onTestFinished, test, vi } from "vitest";

import { answer, BUCKET, later, s3Error, silence, startFakeS3 } from "../../test/fake-s3.ts";
import { patient, transports } from "../../test/transports.ts";
import { versioning, versionList } from "../../test/version-list.ts";
import type { IndexS3 } from "./index-s3.ts";

/** Puts a clock in the place of the test's own; returns what moves it on, by milliseconds. */
function letTimePass(): (ms: number) => void {
  const realNow = Date.now.bind(Date);
  let passedMs = 0;
  const now = vi.spyOn(Date, "now").mockImplementation(() => realNow() + passedMs);
  onTestFinished(() => now.mockRestore());
  return (ms) => void (passedMs += ms);
}

describe.each(transports)("%s", (_transport, open) => {
  /** A client of a server, and how to let time pass and to ask something. */
  async function client(status = 200) {
    const server = await startFakeS3({
      HeadObject: () => (status === 200 ? answer(200) : s3Error(status, "SlowDown")),
    });
    const s3 = open(server.access);
    return { server, ask: async () => s3.headObject({ bucket: BUCKET, key: "key" }, patient), pass: letTimePass() };
  }

  /** A client of a server that answers about the key `slow` only when it is released. */
  async function clientOfSlowServer() {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const server = await startFakeS3({
      HeadObject: ({ key }) => (key === "slow" ? later(held, answer(200)) : answer(200)),
    });
    const s3 = open(server.access);
    return {
      ...{ server, release, pass: letTimePass() },
      ask: async (key: string) => s3.headObject({ bucket: BUCKET, key }, patient),
    };
  }

  test("reuses a connection for consecutive requests", async () => {
    const { server, ask, pass } = await client();
    for (let i = 0; i < 5; i++) {
      await ask();
      pass(3_000);
    }
    expect(server.connections).toBe(1);
  });

  test("does not reuse a connection that was idle for more than 4 s", async () => {
    const { server, ask, pass } = await client();
    await ask();
    pass(4_100);
    await ask();
    expect(server.connections).toBe(2);
    await expect.poll(() => server.openConnections).toBe(1);
  });

  test("closes every idle connection", async () => {
    const { server, ask, pass } = await client();
    await Promise.all(Array.from({ length: 5 }, ask));
    expect(server.connections).toBe(5);
    pass(4_100);
    await ask();
    await expect.poll(() => server.openConnections).toBe(1);
  });

  test("keeps a connection that is in use", async () => {
    const { server, ask, pass, release } = await clientOfSlowServer();
    const slow = ask("slow");
    await expect.poll(() => server.requests.length).toBe(1);
    pass(10_000);
    await ask("other");
    release();
    expect(await slow).toMatchObject({ versionId: undefined, serverSideEncryption: undefined });
  });

  test("does not reuse a connection that was idle too long while another one was busy", async () => {
    const { server, ask, pass, release } = await clientOfSlowServer();
    const slow = ask("slow");
    await ask("quick");
    expect(server.connections).toBe(2);
    pass(3_000);
    release();
    await slow;
    pass(500);
    for (let i = 0; i < 6; i++) {
      await ask("one at a time"); // by the connection of `slow`
      pass(1_000);
    }
    await expect.poll(() => server.openConnections, { timeout: 2_000 }).toBe(1); // soon: after 5 s the server closes them
    expect(server.connections).toBe(2);
    await Promise.all([ask("two"), ask("at once")]);
    expect(server.connections).toBe(3);
  });

  test("sends a failed request once", async () => {
    const { server, ask } = await client(503);
    await expect(ask()).rejects.toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(1);
  });

  test("closes the connection of an aborted request, and throws the reason", async () => {
    const server = await startFakeS3({ HeadObject: () => silence });
    const why = new Error("given up");
    const controller = new AbortController();
    const asked = open(server.access).headObject({ bucket: BUCKET, key: "key" }, controller.signal);
    asked.catch(() => {}); // looked at below
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort(why);
    await expect(asked).rejects.toThrow();
    await expect.poll(() => server.openConnections).toBe(0);
  });

  test("does not read an answer over the requested length, and closes its connection", async () => {
    const server = await startFakeS3({ GetObject: () => answer(200, { etag: '"x"' }, "x".repeat(5_000_000)) });
    const read = await open(server.access).getObject({ bucket: BUCKET, key: "key", maxBytes: 10 }, patient);
    expect(read).toEqual({ etag: '"x"', lastModified: undefined, body: undefined });
    await expect.poll(() => server.openConnections).toBe(0);
  });

  test("does not send a request that was aborted before", async () => {
    const server = await startFakeS3({});
    await expect(
      open(server.access).headObject({ bucket: BUCKET, key: "key" }, AbortSignal.abort(new Error("too late"))),
    ).rejects.toThrow();
    expect(server.requests).toEqual([]);
  });
});

/** Every request that an index may make. */
const requests: { readonly [name: string]: (s3: IndexS3) => Promise<unknown> } = {
  "a conditional overwrite": (s3) =>
    s3.putObject({ ...OBJECT, body: "{}", contentType: "application/json", condition: { ifMatch: '"x"' } }, patient),
  "a first write with metadata": (s3) =>
    s3.putObject(
      {
        ...OBJECT,
        body: "é",
        contentType: "text/plain",
        metadata: { "expires-at": "now" },
        condition: { ifNoneMatch: "*" },
      },
      patient,
    ),
  "a write": (s3) => s3.putObject({ ...OBJECT, body: "x", contentType: "text/plain" }, patient),
  "a read": (s3) => s3.getObject({ ...OBJECT, maxBytes: 10 }, patient),
  "a read of a version": (s3) => s3.getObject({ ...OBJECT, versionId: "v/1+", maxBytes: 10 }, patient),
  "a HEAD": (s3) => s3.headObject(OBJECT, patient),
  "a list": (s3) => s3.listObjectVersions({ bucket: BUCKET, prefix: "a b/" }, patient),
  "the next page of a list": (s3) =>
    s3.listObjectVersions(
      { bucket: BUCKET, prefix: "a b/", after: { keyMarker: "k&", versionIdMarker: "v+" } },
      patient,
    ),
  "a versioning check": (s3) => s3.getBucketVersioning({ bucket: BUCKET }, patient),
};
const OBJECT = { bucket: BUCKET, key: "folder/a b+é" };

describe("every transport sends the same request and reads the same answer:", () => {
  const headers = { etag: '"x"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT", "x-amz-version-id": "v1" };
  const list = versionList([{ key: "k", versionId: "v1", etag: '"e"' }], {
    deleteMarkers: ["m"],
    next: { keyMarker: "k&amp;", versionIdMarker: "v1" },
  });

  test.each(Object.entries(requests))("%s", async (_name, make) => {
    const seen = await Promise.all(
      transports.map(async ([, open]) => {
        const server = await startFakeS3({
          PutObject: [answer(200, { ...headers, "x-amz-server-side-encryption": "aws:kms" })],
          GetObject: [answer(200, headers, "body")],
          HeadObject: [answer(200, headers)],
          ListObjectVersions: [list],
          GetBucketVersioning: [versioning("Enabled")],
        });
        const told = await make(open(server.access));
        const { operation, bucket, key, query, headers: sent, body } = server.requests[0]!;
        query.delete("x-id"); // the SDK's own mark
        const names = ["content-length", "content-type", "if-match", "if-none-match", "x-amz-meta-expires-at"];
        const relevant = names.map((name) => (operation === "PutObject" ? sent[name] : undefined));
        return { told, operation, bucket, key, query: [...query].map(String).sort(), relevant, body };
      }),
    );
    for (const other of seen.slice(1)) expect(other).toEqual(seen[0]);
  });
});
