import { S3Client } from "@aws-sdk/client-s3";
import { createRelay, type FetchHandler, type RequestContext } from "@presign-once/adapter-fetch";
import { createConditionalIndex, createSdkIndexS3 } from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { createBearerAuthorizer, createEdgeKeys } from "@presign-once/core";

type Name = "S3_ENDPOINT" | "BUCKET" | "ACCESS_KEY_ID" | "SECRET_ACCESS_KEY" | "EDGE_SECRET" | "TOKEN_SHA256";
type Env = Readonly<Record<Name, string>>;
let relay: FetchHandler | undefined;

function create(env: Env): FetchHandler {
  const access = {
    region: "auto",
    endpoint: env.S3_ENDPOINT,
    forcePathStyle: true,
    credentials: { accessKeyId: env.ACCESS_KEY_ID, secretAccessKey: env.SECRET_ACCESS_KEY },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  } as const;
  // For AWS S3 and R2: see `presign-once doctor`.
  const index = createConditionalIndex({
    s3: createSdkIndexS3(new S3Client({ ...access, maxAttempts: 1 })),
    bucket: env.BUCKET,
  });
  return createRelay({
    index,
    sink: createS3UploadSink({ s3: new S3Client(access), bucket: env.BUCKET }),
    keys: createEdgeKeys([{ id: "k1", secret: Buffer.from(env.EDGE_SECRET, "base64url") }], {
      scope: index.scope,
    }),
    // Your sign-in goes here: an object with `authorize({ headers })`. This one knows one person, by a bearer token.
    authorizer: createBearerAuthorizer([{ name: "anna", sha256: env.TOKEN_SHA256 }]),
  });
}

export default {
  fetch: (request: Request, env: Env, context: RequestContext) => (relay ??= create(env))(request, context),
};
