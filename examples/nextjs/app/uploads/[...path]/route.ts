import { createRelay, type FetchHandler } from "@presign-once/adapter-fetch";
import {
  createConditionalIndex,
  createS3Client,
  createS3UploadClient,
  createSdkIndexS3,
} from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { createBearerAuthorizer, createEdgeKeys } from "@presign-once/core";

let relay: FetchHandler | undefined;

/** At the first request: `next build` loads this module without the variables of the server. */
function create(): FetchHandler {
  const {
    BUCKET = "my-uploads",
    EDGE_SECRET = "",
    TOKEN_SHA256 = "",
    S3_REGION = "eu-west-1",
    S3_ENDPOINT,
  } = process.env;
  const access = { region: S3_REGION, endpoint: S3_ENDPOINT, forcePathStyle: S3_ENDPOINT !== undefined };
  // For AWS S3 and R2: see `presign-once doctor`.
  const index = createConditionalIndex({ s3: createSdkIndexS3(createS3Client(access)), bucket: BUCKET });
  return createRelay({
    baseUrl: process.env.BASE_URL ?? "http://127.0.0.1:3000", // where clients reach the server
    basePath: "/uploads",
    index,
    sink: createS3UploadSink({ s3: createS3UploadClient(access), bucket: BUCKET }),
    keys: createEdgeKeys([{ id: "k1", secret: Buffer.from(EDGE_SECRET, "base64url") }], {
      scope: index.scope,
    }),
    // Your sign-in goes here: an object with `authorize({ headers })`. This one knows one person, by a bearer token.
    authorizer: createBearerAuthorizer([{ name: "anna", sha256: TOKEN_SHA256 }]),
  });
}

const handle = (request: Request) => (relay ??= create())(request);
export { handle as GET, handle as OPTIONS, handle as POST, handle as PUT };
