import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ProxiedRequest } from "../servers/fault-proxy.ts";
import type { Fault } from "../servers/fault.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { type Stack, startStack } from "./stack.ts";
import type { Answer } from "./viewer.ts";

/** What a Lambda@Edge function has for everything, in milliseconds. */
const EDGE_LIMIT_MS = 5_000;
const THROTTLED: Fault = { kind: "status", leg: "request", status: 503, code: "SlowDown" };

describe.concurrent("a failing S3", { timeout: 30_000 }, () => {
  let server: S3Server;
  let stack: Stack;
  beforeAll(async () => {
    server = await startR2({ buckets: ["uploads"] });
    stack = await startStack(server, "uploads");
    // Cold starts, of as many environments as will be needed at once.
    await Promise.all(Array.from({ length: 8 }, async () => stack.send(await stack.issue())));
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    await server.stop();
  });

  /** Uploads once while the claims of the URL are disturbed. */
  async function uploadUnder(decide: (request: ProxiedRequest) => Fault): Promise<{ url: string; answer: Answer }> {
    const url = await stack.issue();
    await stack.disturb(url, decide);
    const started = performance.now();
    const answer = await stack.send(url);
    expect(performance.now() - started).toBeLessThan(EDGE_LIMIT_MS);
    await stack.calm(url);
    return { url, answer };
  }

  test.each<[string, Fault, string]>([
    ["throttles", THROTTLED, "SlowDown"],
    ["answers 500", { kind: "status", leg: "request", status: 500, code: "InternalError" }, "ClaimUndecided"],
    ["is silent", { kind: "hang", leg: "request" }, "ClaimUndecided"],
    ["takes 10 s", { kind: "delay", leg: "request", milliseconds: 10_000 }, "ClaimUndecided"],
    ["resets every connection", { kind: "reset", leg: "request" }, "ClaimUndecided"],
    ["trickles its answers", { kind: "trickle", millisecondsPerByte: 100 }, "ClaimUndecided"],
  ])("an S3 that %s makes the edge refuse in time, and pass nothing on", async (_name, fault, code) => {
    const { url, answer } = await uploadUnder(() => fault);
    expect([answer.status, answer.code]).toEqual([503, code]);
    expect(await stack.objectOf(url)).toBeUndefined();
  });

  test("SlowDown has Retry-After, and the URL stays usable", async () => {
    const { url, answer } = await uploadUnder(() => THROTTLED);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect((await stack.send(url)).status).toBe(200);
  });

  test.each<[string, Fault]>([
    ["lost", { kind: "reset", leg: "answer" }],
    ["replaced by a 500", { kind: "status", leg: "answer", status: 500, code: "InternalError" }],
    ["cut in its head", { kind: "truncate", part: "head" }],
    ["late", { kind: "delay", leg: "answer", milliseconds: 2_000 }],
  ])("a claim with an answer that is %s is still won: one upload passes, no second", async (_name, fault) => {
    let strikes = 1;
    const { url, answer } = await uploadUnder(({ method }) =>
      method === "PUT" && strikes-- > 0 ? fault : { kind: "pass" },
    );
    expect(answer.status).toBe(200);
    expect(await stack.send(url)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
  });

  test("32 uploads with lost answers never have two winners", async () => {
    const url = await stack.issue();
    let n = 0;
    await stack.disturb(url, ({ method }) =>
      method === "PUT" && n++ % 2 === 0 ? { kind: "reset", leg: "answer" } : { kind: "pass" },
    );
    const answers = await Promise.all(Array.from({ length: 32 }, (_, i) => stack.send(url, { body: `writer ${i}` })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe("an S3 that is down", { timeout: 30_000 }, () => {
  test("gives SlowDown for an upload and for /url, because nothing can have been written", async () => {
    const server = await startR2({ buckets: ["uploads"] });
    const stack = await startStack(server, "uploads");
    const url = await stack.issue();
    await stack.network.stop();
    try {
      const endpoint = `${stack.local.baseUrl}/url`;
      const [upload, issued] = await Promise.all([stack.send(url), stack.send(endpoint, { method: "GET" })]);
      expect(upload).toMatchObject({ status: 503, code: "SlowDown" });
      expect(issued).toMatchObject({ status: 503, code: "SlowDown" });
      expect(issued.body).not.toContain("X-Amz-");
    } finally {
      await stack.local.stop();
      await server.stop();
    }
  });
});

describe("an S3 that refuses for good", { timeout: 30_000 }, () => {
  let server: S3Server;
  let stack: Stack;
  beforeAll(async () => {
    server = await startR2({ buckets: ["uploads"] });
    stack = await startStack(server, "uploads");
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    await server.stop();
  });

  test.each<[status: number, code: string, cause: string, fix: string]>([
    [501, "NotImplemented", "this server lacks an operation", "choose a strategy"],
    [400, "InvalidRequest", "S3 refuses the request", "check the endpoint"],
    [400, "KMS.DisabledException", "S3 refuses the request", "KMS key"],
    [301, "PermanentRedirect", "S3 does not serve the bucket in this region", "correct the region"],
    [307, "TemporaryRedirect", "S3 does not serve the bucket in this region", "correct the region"],
    [400, "ExpiredToken", "S3 does not accept the credentials", "replace them"],
    [400, "InvalidToken", "S3 does not accept the credentials", "opt-in region"],
    [403, "InvalidAccessKeyId", "S3 does not accept the credentials", "replace them"],
    [403, "AccessDenied", "S3 denies access", "give the role its rights"],
    [403, "RequestTimeTooSkewed", "the clock of this machine is wrong", "set it"],
    [404, "NoSuchBucket", "the bucket does not exist", "correct bucket"],
  ])("with %i %s gives InternalError at once, and the log says what to change", async (status, code, cause, fix) => {
    const url = await stack.issue();
    const [before, logged] = [stack.network.requests.length, stack.log.length];
    stack.disturbAll(() => ({ kind: "status", leg: "request", status, code }));
    try {
      const issued = await stack.send(`${stack.local.baseUrl}/url`, { method: "GET" });
      const upload = await stack.send(url);
      for (const answer of [issued, upload]) {
        expect(answer).toMatchObject({ status: 500, code: "InternalError" });
        expect(answer.headers.get("retry-after")).toBeNull();
        expect(answer.body).not.toMatch(new RegExp(`X-Amz-|${code}`));
      }
    } finally {
      stack.disturbAll(() => ({ kind: "pass" }));
    }
    expect(stack.network.requests.length - before).toBe(2); // one request each: neither tried again, nor read anything back
    const lines = stack.log.slice(logged).map((line) => JSON.parse(line) as { outcome: string; cause: string });
    expect(lines.map(({ outcome }) => outcome)).toEqual(["store-refused", "store-refused"]);
    for (const line of lines) {
      expect(line.cause).toContain(`STORE_REFUSED: ${cause} (${code} ${status}): `);
      expect(line.cause).toContain(fix);
    }
    expect((await stack.send(url)).status).toBe(200); // not used up
  });
});
