import {
  createConditionalIndex,
  createObjectHistory,
  createS3Client,
  createS3UploadClient,
  createSdkIndexS3,
  createVersionHistory,
  createVersioningIndex,
} from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { expect, inject, test } from "vitest";

import { countLeftovers } from "../conformance/sink-harness.ts";
import { newBucket } from "../servers/new-bucket.ts";
import { startStrictS3 } from "../support/fronts/s3/strict-s3.ts";
import type { RelayPlace } from "./relay-place.ts";
import { describeRelay } from "./relay-suite.ts";
import { describeRelayRetries } from "./retries-suite.ts";
import { send } from "./send.ts";
import { serveRelay } from "./served-relay.ts";

async function startOnCeph({
  versioned,
  retries = false,
}: {
  versioned: boolean;
  retries?: boolean;
}): Promise<RelayPlace> {
  const ceph = inject("ceph");
  const strict = await startStrictS3({ store: ceph });
  const s3 = createS3UploadClient(strict);
  const client = createS3Client(ceph); // a claim has little time, and here all is one process
  const indexS3 = createSdkIndexS3(client);
  const bucket = await newBucket(s3, { versioned });
  const relay = await serveRelay({
    index: versioned ? createVersioningIndex({ s3: indexS3, bucket }) : createConditionalIndex({ s3: indexS3, bucket }),
    sink: createS3UploadSink({ s3, bucket, requireNew: retries, singlePut: retries }),
    retries: retries
      ? { history: (versioned ? createVersionHistory : createObjectHistory)({ s3: indexS3, bucket }), leaseSeconds: 60 }
      : undefined,
  });
  return {
    relay,
    s3,
    bucket,
    leftovers: (key) => countLeftovers(s3, bucket, key),
    async stop() {
      await relay.stop();
      for (const one of [s3, client]) one.destroy();
      await strict.stop();
    },
  };
}

describeRelay("Hono's adapter for Node, on Ceph without versions", () => startOnCeph({ versioned: false }));
describeRelay("Hono's adapter for Node, on Ceph with versions", () => startOnCeph({ versioned: true }));
describeRelayRetries("Ceph without versions, each upload one PUT", "object", () =>
  startOnCeph({ versioned: false, retries: true }),
);

test("on Ceph with versions, which keeps two objects of one URL, no retries are offered", async () => {
  const place = await startOnCeph({ versioned: true, retries: true });
  try {
    const answer = await send(`${place.relay.url}/url?retries=same-client`, { method: "GET" });
    expect([answer.status, answer.code]).toEqual([400, "InvalidArgument"]);
    expect(place.relay.log[0]).toContain("retries-broken");
  } finally {
    await place.stop();
  }
}, 60_000);
