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
import Fastify from "fastify";

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

const app = Fastify({ http: NODE_SERVER_OPTIONS });
const listener = createNodeListener(relay, { baseUrl: BASE_URL });
// In a scope of its own, where no parser reads the body and no limit of Fastify's applies.
await app.register(async (scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
  for (const path of ["/url", "/u/*"])
    scope.all(path, (request, reply) => {
      reply.hijack();
      listener(request.raw, reply.raw);
    });
});
await app.listen({ port: Number(PORT), host: "127.0.0.1" });
