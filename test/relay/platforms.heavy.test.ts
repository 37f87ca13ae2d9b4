import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { EXAMPLES, NODE_EXAMPLES } from "./examples.ts";
import { startOnR2 } from "./r2-place.ts";
import { describeRelay } from "./relay-suite.ts";
import { processEnv, runExample, workerEnv } from "./run-example.ts";
import { runWorker } from "./run-worker.ts";

const EDGE_SECRET = randomBytes(32).toString("base64url");

for (const name of NODE_EXAMPLES.filter((example) => example !== "node"))
  describeRelay(`examples/${name}, on R2`, () =>
    startOnR2((r2, bucket) => runExample(join(EXAMPLES, name), "server.ts", processEnv(r2, bucket, EDGE_SECRET))),
  );

describeRelay("examples/workers in workerd, on R2", () =>
  startOnR2((r2, bucket) => runWorker(workerEnv(r2, bucket, EDGE_SECRET))),
);
