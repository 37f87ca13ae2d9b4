import { S3Client } from "@aws-sdk/client-s3";
import { createRelay, type FetchHandler } from "@presign-once/adapter-fetch";
import { createConditionalIndex, createS3DownloadSource, createSdkIndexS3 } from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { createBearerAuthorizer, createEdgeKeys } from "@presign-once/core";

/** What a relay of a runtime is told, by its environment or its bindings. */
export type RelayEnv = Readonly<
  Record<"S3_ENDPOINT" | "BUCKET" | "ACCESS_KEY_ID" | "SECRET_ACCESS_KEY" | "EDGE_SECRET" | "TOKENS" | "ORIGIN", string>
>;

/** The README's relay for Workers, with downloads: what it is made of is the same in every runtime. */
export function createDownloadRelay(env: RelayEnv): FetchHandler {
  const access = {
    region: "auto",
    endpoint: env.S3_ENDPOINT,
    forcePathStyle: true,
    credentials: { accessKeyId: env.ACCESS_KEY_ID, secretAccessKey: env.SECRET_ACCESS_KEY },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  } as const;
  const [s3, bucket] = [new S3Client(access), env.BUCKET];
  return createRelay({
    index: createConditionalIndex({ s3: createSdkIndexS3(new S3Client({ ...access, maxAttempts: 1 })), bucket }),
    sink: createS3UploadSink({ s3, bucket }),
    keys: createEdgeKeys([{ id: "k1", secret: Buffer.from(env.EDGE_SECRET, "base64url") }]),
    authorizer: createBearerAuthorizer(JSON.parse(env.TOKENS) as Parameters<typeof createBearerAuthorizer>[0]),
    downloads: { source: createS3DownloadSource({ s3, bucket }), leaseSeconds: 60 },
    corsOrigins: [env.ORIGIN],
  });
}
