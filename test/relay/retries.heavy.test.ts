import {
  createConditionalIndex,
  createLeanIndexS3,
  createObjectHistory,
  createS3UploadClient,
} from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { expect, test } from "vitest";

import { startOnR2 } from "./r2-place.ts";
import { describeRelayRetries } from "./retries-suite.ts";
import { send } from "./send.ts";
import { serveRelay } from "./served-relay.ts";

describeRelayRetries("R2, by the object, each upload one PUT", "object", () =>
  startOnR2(async (r2, bucket) => {
    const s3 = createS3UploadClient(r2);
    const indexS3 = createLeanIndexS3(r2);
    const relay = await serveRelay({
      index: createConditionalIndex({ s3: indexS3, bucket }),
      sink: createS3UploadSink({ s3, bucket, requireNew: true, singlePut: true }),
      retries: { history: createObjectHistory({ s3: indexS3, bucket }), leaseSeconds: 60 },
    });
    return {
      ...relay,
      async stop() {
        await relay.stop();
        s3.destroy();
      },
    };
  }),
);

test("on R2, which ignores the condition for completed parts, a sink with parts offers no retries", async () => {
  const place = await startOnR2(async (r2, bucket) => {
    const s3 = createS3UploadClient(r2);
    const indexS3 = createLeanIndexS3(r2);
    return serveRelay({
      index: createConditionalIndex({ s3: indexS3, bucket }),
      sink: createS3UploadSink({ s3, bucket, requireNew: true }),
      retries: { history: createObjectHistory({ s3: indexS3, bucket }), leaseSeconds: 60 },
    });
  });
  try {
    const answer = await send(`${place.relay.url}/url?retries=same-client`, { method: "GET" });
    expect([answer.status, answer.code]).toEqual([400, "InvalidArgument"]);
    expect(place.relay.log[0]).toContain("retries-broken");
    expect((await send(`${place.relay.url}/url`, { method: "GET" })).status).toBe(200);
  } finally {
    await place.stop();
  }
}, 60_000);
