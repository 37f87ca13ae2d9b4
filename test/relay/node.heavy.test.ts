import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";

import { expect, test } from "vitest";

import { EXAMPLES } from "./examples.ts";
import { startOnR2 } from "./r2-place.ts";
import { describeRelay } from "./relay-suite.ts";
import { processEnv, runExample, UPLOAD_TOKEN } from "./run-example.ts";
import { send } from "./send.ts";

const EDGE_SECRET = randomBytes(32).toString("base64url");

const start = () =>
  startOnR2((r2, bucket) => runExample(join(EXAMPLES, "node"), "server.ts", processEnv(r2, bucket, EDGE_SECRET)));

describeRelay("Node's http, as in the example, on R2", start);

test("Node's http, as in the example: a refused client gets no 100 Continue", async () => {
  const place = await start();
  try {
    const { body: url } = await send(`${place.relay.url}/url`, {
      method: "GET",
      headers: { authorization: `Bearer ${UPLOAD_TOKEN}` },
    });
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
