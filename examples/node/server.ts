import { createServer } from "node:http";

import { createRelay } from "@presign-once/adapter-fetch";
import { createNodeListener, NODE_SERVER_OPTIONS } from "@presign-once/adapter-fetch/node";
import {
  createConditionalIndex,
  createS3Client,
  createS3UploadClient,
  createSdkIndexS3,
} from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { createBearerAuthorizer, createEdgeKeys } from "@presign-once/core";

const {
  BUCKET = "my-uploads",
  EDGE_SECRET = "",
  TOKEN_SHA256 = "",
  S3_REGION = "eu-west-1",
  S3_ENDPOINT,
} = process.env;
const { PORT = "8080", BASE_URL = `http://127.0.0.1:${PORT}` } = process.env; // where clients reach the relay
const access = { region: S3_REGION, endpoint: S3_ENDPOINT, forcePathStyle: S3_ENDPOINT !== undefined };

// For AWS S3 and R2. On any other server run `presign-once doctor` first: one that ignores conditions stores every upload.
const index = createConditionalIndex({ s3: createSdkIndexS3(createS3Client(access)), bucket: BUCKET });
const relay = createRelay({
  index,
  sink: createS3UploadSink({ s3: createS3UploadClient(access), bucket: BUCKET }),
  keys: createEdgeKeys(
    [{ id: "k1", secret: Buffer.from(EDGE_SECRET, "base64url") }], // 32 random bytes
    { scope: index.scope }, // names the index
  ),
  // Your sign-in goes here: an object with `authorize({ headers })`. This one knows one person, by a bearer token.
  authorizer: createBearerAuthorizer([{ name: "anna", sha256: TOKEN_SHA256 }]),
});

const listener = createNodeListener(relay, { baseUrl: BASE_URL });
createServer(NODE_SERVER_OPTIONS, listener).on("checkContinue", listener).listen(Number(PORT), "127.0.0.1");
