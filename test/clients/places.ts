import type { S3Client } from "@aws-sdk/client-s3";
import {
  createConditionalIndex,
  createLeanIndexS3,
  createObjectHistory,
  createS3UploadClient,
} from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { startLocal } from "@presign-once/local-edge";

import { readObject } from "../conformance/sink-harness.ts";
import { serveRelay } from "../relay/served-relay.ts";
import { startR2 } from "../servers/r2.ts";

/** Where uploads go: the built functions behind local edge, or a relay on Node, each over an R2 of its own. */
export interface Place {
  readonly name: PlaceName;
  /** Without a `/` at its end. */
  readonly url: string;
  readonly offersRetries: boolean;
  objectOf(key: string): ReturnType<typeof readObject>;
  stop(): Promise<void>;
}

export type PlaceName = "edge" | "relay";

/** The places by name. Pages of any origin may use them. */
export const places: Readonly<Record<PlaceName, () => Promise<Place>>> = {
  async edge() {
    const local = await startLocal({ config: { cors: { origins: ["*"] } }, onLog: () => {} });
    const s3 = createS3UploadClient({ ...local.s3, forcePathStyle: true });
    return place("edge", local.baseUrl, s3, local.bucket, () => local.stop());
  },
  async relay() {
    const bucket = "uploads";
    const r2 = await startR2({ buckets: [bucket] });
    const s3 = createS3UploadClient(r2);
    const indexS3 = createLeanIndexS3(r2);
    const relay = await serveRelay({
      index: createConditionalIndex({ s3: indexS3, bucket }),
      sink: createS3UploadSink({ s3, bucket, requireNew: true }),
      retries: { history: createObjectHistory({ s3: indexS3, bucket }), leaseSeconds: 60 },
      corsOrigins: ["*"],
    });
    return place("relay", relay.url, s3, bucket, async () => {
      await relay.stop();
      await r2.stop();
    });
  },
};

function place(name: PlaceName, url: string, s3: S3Client, bucket: string, stop: () => Promise<void>): Place {
  return {
    name,
    url,
    offersRetries: name === "edge",
    objectOf: (key) => readObject(s3, bucket, key),
    async stop() {
      s3.destroy();
      await stop();
    },
  };
}
