import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { S3Client } from "@aws-sdk/client-s3";
import { createRelay, type StoredUpload } from "@presign-once/adapter-fetch";
import { createUploadEventHandler, type UploadEvent } from "@presign-once/adapter-s3/events";
import { createEdgeKeys } from "@presign-once/core";
import { createInMemoryIndex, createInMemorySink, type InMemoryObjects } from "@presign-once/core/testing";
import { expect, onTestFinished, test, vi } from "vitest";

import { objectCreated } from "./s3-event.ts";

const BUCKET = "some-uploads";
const ETAG = "5d41402abc4b2a76b9719d911017c592";

/** A client of an S3 server that tells of every object what this sink has stored with it, and the mark of an S3 sink. */
async function serve(objects: InMemoryObjects): Promise<S3Client> {
  const server = createServer(({ url = "" }, response) => {
    const { metadata = {}, bytes } = objects.get(url.slice(`/${BUCKET}/`.length)) ?? {};
    const named = Object.entries({ ...metadata, "presign-once-attempt": "a random id" }).map(([name, value]) => [
      `x-amz-meta-${name}`,
      value,
    ]);
    response.writeHead(200, { ...Object.fromEntries(named), etag: `"${ETAG}"`, "content-length": bytes?.length }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" };
  const s3 = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  onTestFinished(() => {
    s3.destroy();
    server.close();
  });
  return s3;
}

test("a relay and an upload event tell the same id, key, length and metadata of one upload", async () => {
  const objects: InMemoryObjects = new Map();
  const byRelay = vi.fn<(upload: StoredUpload) => void>();
  const byEvent = vi.fn();
  const relay = createRelay({
    ...{ index: createInMemoryIndex(), sink: createInMemorySink({ objects }), onStored: byRelay, writeLine() {} },
    keys: createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]),
    authorizer: {
      authorize: async () => ({ status: "allowed", subject: "anna é", metadata: { "team-a": "A b" } }),
    },
    subjectMetadata: "uploaded-by",
  });
  const asking = { headers: { accept: "application/json" } };
  const grant = (await (
    await relay(new Request("https://relay.example/url?filename=A%20%C3%A9.png", asking))
  ).json()) as { url: string; key: string; headers: Record<string, string> };
  const upload = { method: "PUT", body: "hello", headers: { ...grant.headers, "content-length": "5" } };
  expect((await relay(new Request(grant.url, upload))).status).toBe(200);

  const handle = createUploadEventHandler({ onStored: byEvent, s3: await serve(objects) });
  await handle(objectCreated(BUCKET, { key: grant.key, size: 5, eTag: ETAG }) as UploadEvent);
  const [{ id, key, bytes, metadata }] = byRelay.mock.calls[0]!;
  expect(metadata).toEqual({ filename: "A%20%C3%A9.png", "uploaded-by": "anna%20%C3%A9", "team-a": "A b" });
  expect(byEvent.mock.calls).toEqual([[expect.objectContaining({ id, key, bytes, metadata })]]);
});
