import {
  createConditionalIndex,
  createLeanIndexS3,
  createObjectHistory,
  createS3UploadClient,
  createS3UploadSink,
} from "@presign-once/adapter-s3";

import { startOnR2 } from "./r2-place.ts";
import { describeRelayRetries } from "./retries-suite.ts";
import { serveRelay } from "./served-relay.ts";

describeRelayRetries("R2, by the object", "object", () =>
  startOnR2(async (r2, bucket) => {
    const s3 = createS3UploadClient(r2);
    const indexS3 = createLeanIndexS3(r2);
    const relay = await serveRelay({
      index: createConditionalIndex({ s3: indexS3, bucket }),
      sink: createS3UploadSink({ s3, bucket, requireNew: true }),
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
