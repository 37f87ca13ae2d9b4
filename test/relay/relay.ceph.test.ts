import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { promisify } from "node:util";

import { serve } from "@hono/node-server";
import { createRelay } from "@presign-once/adapter-fetch";
import {
  createConditionalIndex,
  createS3Client,
  createS3UploadClient,
  createS3UploadSink,
  createVersioningIndex,
} from "@presign-once/adapter-s3";
import { createEdgeKeys, everybody } from "@presign-once/core";
import { inject } from "vitest";

import { countLeftovers } from "../conformance/sink-harness.ts";
import { listening } from "../servers/loopback.ts";
import { newBucket } from "../servers/new-bucket.ts";
import { describeRelay, type RelayPlace } from "./relay-suite.ts";

async function startOnCeph(versioned: boolean): Promise<RelayPlace> {
  const ceph = inject("ceph");
  const s3 = createS3UploadClient(ceph);
  const indexS3 = createS3Client(ceph);
  const bucket = await newBucket(s3, { versioned });
  const log: string[] = [];
  const relay = createRelay({
    index: versioned
      ? createVersioningIndex({ s3: indexS3, bucket })
      : createConditionalIndex({ s3: indexS3, bucket, unquotedEtag: true }),
    sink: createS3UploadSink({ s3, bucket }),
    keys: createEdgeKeys([{ id: "k1", secret: randomBytes(32) }]),
    authorizer: everybody,
    writeLine: (line) => void log.push(line),
  });
  const server = serve({ fetch: (request) => relay(request), port: 0, hostname: "127.0.0.1" }) as Server;
  const stop = promisify(server.close.bind(server));
  return {
    relay: { url: `http://127.0.0.1:${await listening(server)}`, log, stop },
    s3,
    bucket,
    leftovers: (key) => countLeftovers(s3, bucket, key),
    async stop() {
      await stop();
      for (const client of [s3, indexS3]) client.destroy();
    },
  };
}

describeRelay("Hono on Ceph, conditional, without versions", () => startOnCeph(false));
describeRelay("Hono on Ceph, versioning", () => startOnCeph(true));
