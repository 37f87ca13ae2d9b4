import { randomBytes } from "node:crypto";

import { afterAll, beforeAll } from "vitest";

import { startOnR2 } from "./r2-place.ts";
import { type Examples, writeExamples } from "./readme-examples.ts";
import { describeRelay } from "./relay-suite.ts";
import { processEnv, runExample } from "./run-example.ts";
import { runWorker } from "./run-worker.ts";

let examples: Examples;
beforeAll(async () => {
  examples = await writeExamples();
});
afterAll(() => examples?.remove());

const EDGE_SECRET = randomBytes(32).toString("base64url");

describeRelay("Hono, as in the README, on R2", () =>
  startOnR2((r2, bucket) => runExample(examples.folder, "hono.ts", processEnv(r2, bucket, EDGE_SECRET))),
);

describeRelay("workerd, as in the README, on R2", () =>
  startOnR2((r2, bucket) =>
    runWorker(examples, {
      ...{ S3_ENDPOINT: r2.endpoint, BUCKET: bucket, EDGE_SECRET },
      ACCESS_KEY_ID: r2.credentials.accessKeyId,
      SECRET_ACCESS_KEY: r2.credentials.secretAccessKey,
    }),
  ),
);
