import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startOnR2 } from "./r2-place.ts";
import { type Examples, writeExamples } from "./readme-examples.ts";
import { describeRelay } from "./relay-suite.ts";
import { processEnv, runExample } from "./run-example.ts";
import { send } from "./send.ts";

let examples: Examples;
beforeAll(async () => {
  examples = await writeExamples();
});
afterAll(() => examples?.remove());

const EDGE_SECRET = randomBytes(32).toString("base64url");

describeRelay("Node's http, as in the README, on R2", () =>
  startOnR2((r2, bucket) => runExample(examples.folder, "node.ts", processEnv(r2, bucket, EDGE_SECRET))),
);

test("Node's http, as in the README: a refused client gets no 100 Continue", async () => {
  const place = await startOnR2((r2, bucket) =>
    runExample(examples.folder, "node.ts", processEnv(r2, bucket, EDGE_SECRET)),
  );
  try {
    const { body: url } = await send(`${place.relay.url}/url`, { method: "GET" });
    const upload = async () => {
      const headers = { expect: "100-continue", "content-length": "5" };
      const outgoing = request(url, { method: "PUT", headers, agent: false });
      let askedToSend = false;
      outgoing.on("continue", () => {
        askedToSend = true;
        outgoing.end("hello");
      });
      outgoing.flushHeaders();
      const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
      outgoing.destroy();
      return [incoming.statusCode, askedToSend];
    };
    expect(await upload()).toEqual([200, true]);
    expect(await upload()).toEqual([403, false]);
  } finally {
    await place.stop();
  }
});
