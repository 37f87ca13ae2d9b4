import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import type { Fault } from "./fault.ts";
import { closedPort, listen } from "./loopback.ts";
import { exchange } from "./plain-client.ts";
import { startR2 } from "./r2.ts";
import type { S3Server } from "./s3-server.ts";
import { presignedPut, s3Client } from "./sign.ts";

const Bucket = "uploads";
const bytes = "the bytes of the upload";

let r2: S3Server;
let fault: Fault | Promise<Fault>;
let proxy: FaultProxy;

beforeAll(async () => {
  r2 = await startR2({ buckets: [Bucket] });
});
afterAll(() => r2.stop());

async function startProxy(first: Fault | Promise<Fault> = { kind: "pass" }): Promise<void> {
  fault = first;
  proxy = await startFaultProxy({ upstream: r2.endpoint, decide: () => fault });
}
afterEach(() => proxy.stop());

const viaProxy = () => ({ ...r2, endpoint: proxy.endpoint });

/** A new upload through the proxy: sending it, and asking the server itself whether it landed. */
async function upload() {
  const Key = crypto.randomUUID();
  const url = await presignedPut(viaProxy(), { Bucket, Key });
  return {
    url,
    send: (signal?: AbortSignal) => exchange("PUT", url, { body: bytes, ...(signal && { signal }) }),
    stored: async () => {
      try {
        const object = await s3Client(r2).send(new GetObjectCommand({ Bucket, Key }));
        return await object.Body?.transformToString();
      } catch (cause) {
        if (cause instanceof NoSuchKey) return undefined;
        throw cause;
      }
    },
  };
}

/** An answer of the server with a body: its refusal of an unsigned request. */
const unsigned = (signal?: AbortSignal) =>
  exchange("GET", `${proxy.endpoint}/${Bucket}/key`, { ...(signal && { signal }) });

const elapsed = async (work: Promise<unknown>) => {
  const start = performance.now();
  await work;
  return performance.now() - start;
};

describe("a request that passes", () => {
  it("reaches the server as signed, and its answer returns unchanged", async () => {
    await startProxy();
    const { send, stored } = await upload();
    expect(await send()).toMatchObject({ status: 200, headers: { etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) } });
    expect(await stored()).toBe(bytes);

    const direct = await exchange("GET", `${r2.endpoint}/${Bucket}/key`);
    const proxied = await unsigned();
    expect(proxied.status).toBe(400);
    expect(proxied).toMatchObject({ status: direct.status, body: direct.body });
  });

  it("is refused by the server if changed, because the proxy signs nothing", async () => {
    await startProxy();
    const { url, stored } = await upload();
    const answer = await exchange("PUT", url.replace(/(X-Amz-Signature=)./, "$1x"), { body: bytes });
    expect(answer.status).toBe(403);
    expect(String(answer.body)).toContain("<Code>SignatureDoesNotMatch</Code>");
    expect(await stored()).toBeUndefined();
  });

  it("is not affected by a refused one before it", async () => {
    await startProxy();
    for (let round = 0; round < 5; round++) {
      const { url, send } = await upload();
      expect((await exchange("PUT", `${url}&more`, { body: "x".repeat(100_000) })).status).toBe(403);
      expect((await send()).status).toBe(200);
    }
  });
});

describe("a delay", () => {
  it("of the request delays the write", async () => {
    await startProxy({ kind: "delay", leg: "request", milliseconds: 1_000 });
    const { send, stored } = await upload();
    const answer = send();
    await sleep(100);
    expect(await stored()).toBeUndefined();
    expect((await answer).status).toBe(200);
    expect(await stored()).toBe(bytes);
  });

  it("of the request lets the write land after the client has timed out", async () => {
    await startProxy({ kind: "delay", leg: "request", milliseconds: 1_000 });
    const { send, stored } = await upload();
    await expect(send(AbortSignal.timeout(100))).rejects.toMatchObject({ name: "AbortError" });
    expect(await stored()).toBeUndefined();
    await expect.poll(stored).toBe(bytes);
  });

  it("of the answer comes after the write", async () => {
    await startProxy({ kind: "delay", leg: "answer", milliseconds: 300 });
    const { send, stored } = await upload();
    const took = elapsed(send());
    await expect.poll(stored).toBe(bytes);
    expect(await took).toBeGreaterThan(295);
  });
});

describe("a reset", () => {
  it("on the way to the server leaves nothing there", async () => {
    await startProxy({ kind: "reset", leg: "request" });
    const { send, stored } = await upload();
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET", syscall: "read" });
    expect(await stored()).toBeUndefined();
    expect(proxy.requests[0]?.upstreamStatus).toBeUndefined();
  });

  it("on the way back leaves the object there", async () => {
    await startProxy({ kind: "reset", leg: "answer" });
    const { send, stored } = await upload();
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET", syscall: "read" });
    expect(await stored()).toBe(bytes);
    expect(proxy.requests[0]?.upstreamStatus).toBe(200);
  });
});

describe("an endless wait", () => {
  it.each([
    { leg: "request", landed: undefined },
    { leg: "answer", landed: bytes },
  ] as const)("on the $leg answers nothing", async ({ leg, landed }) => {
    await startProxy({ kind: "hang", leg });
    const { send, stored } = await upload();
    await expect(send(AbortSignal.timeout(300))).rejects.toMatchObject({ name: "AbortError" });
    expect(await stored()).toBe(landed);
  });

  it("ends with the proxy", async () => {
    await startProxy({ kind: "hang", leg: "request" });
    const { send } = await upload();
    const answer = expect(send()).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect.poll(() => proxy.requests[0]?.fault).toBeDefined();
    expect(await elapsed(proxy.stop())).toBeLessThan(200);
    await answer;
  });
});

describe("a status", () => {
  it.each([
    { leg: "request", landed: undefined },
    { leg: "answer", landed: bytes },
  ] as const)("on the $leg reaches the client in S3's format", async ({ leg, landed }) => {
    for (const [status, code] of [
      [500, "InternalError"],
      [503, "SlowDown"],
      [409, "ConditionalRequestConflict"],
      [412, "PreconditionFailed"],
    ] as const) {
      await startProxy({ kind: "status", leg, status, code });
      const { send, stored } = await upload();
      const answer = await send();
      expect(answer).toMatchObject({ status, headers: { "content-type": "application/xml" } });
      expect(String(answer.body)).toContain(`<Error><Code>${code}</Code>`);
      expect(await stored()).toBe(landed);
      await proxy.stop();
    }
  });

  it("is understood by the SDK", async () => {
    await startProxy({ kind: "status", leg: "request", status: 503, code: "SlowDown" });
    await expect(s3Client(viaProxy()).send(new GetObjectCommand({ Bucket, Key: "key" }))).rejects.toMatchObject({
      name: "SlowDown",
      $metadata: { httpStatusCode: 503 },
    });
  });
});

describe("a broken answer", () => {
  it("truncated in the head ends before there is an answer", async () => {
    await startProxy({ kind: "truncate", part: "head" });
    const { send, stored } = await upload();
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET", message: "socket hang up" });
    expect(await stored()).toBe(bytes);
  });

  it("truncated in the body is shorter than it says", async () => {
    await startProxy({ kind: "truncate", part: "body" });
    await expect(unsigned()).rejects.toMatchObject({ code: "ECONNRESET", message: "aborted" });
    const { send, stored } = await upload();
    expect((await send()).status).toBe(200); // no body, nothing to miss
    expect(await stored()).toBe(bytes);
  });

  it("truncated in a body of chunks is shorter than it says, too", async () => {
    const upstream = createServer((_, response) => response.write("first ") && response.end("second"));
    proxy = await startFaultProxy({
      upstream: `http://127.0.0.1:${await listen(upstream)}`,
      decide: () => ({ kind: "truncate", part: "body" }),
    });
    await expect(unsigned()).rejects.toMatchObject({ code: "ECONNRESET", message: "aborted" });
    upstream.close();
  });

  it("trickled arrives complete and slowly", async () => {
    await startProxy();
    const { body } = await unsigned();
    fault = { kind: "trickle", millisecondsPerByte: 2 };
    const trickled = unsigned();
    expect(await elapsed(trickled)).toBeGreaterThan(2 * body.length);
    expect((await trickled).body).toEqual(body);
  });

  it("corrupt in the head is no HTTP", async () => {
    await startProxy({ kind: "corrupt", part: "head" });
    const { send, stored } = await upload();
    await expect(send()).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
    expect(await stored()).toBe(bytes);
  });

  it("corrupt in the body has the right status and length, and wrong bytes", async () => {
    await startProxy();
    const right = await unsigned();
    fault = { kind: "corrupt", part: "body" };
    const wrong = await unsigned();
    expect(wrong.status).toBe(right.status);
    expect(wrong.body.map((byte) => byte ^ 1)).toEqual(right.body);
  });
});

describe("the proxy's record", () => {
  it("has every request, with names but without values of its query", async () => {
    await startProxy();
    const { url, send } = await upload();
    await send();
    const [entry] = proxy.requests;
    expect(entry).toMatchObject({ n: 1, method: "PUT", path: `/${Bucket}/${url.match(/[0-9a-f-]{36}/)?.[0]}` });
    expect(entry?.queryNames).toContain("X-Amz-Signature");
    expect(JSON.stringify(proxy.requests)).not.toContain(new URL(url).searchParams.get("X-Amz-Signature"));
  });

  it("counts by method and beginning of the path", async () => {
    await startProxy();
    for (const path of ["/a/1", "/a/2", "/b/1"]) await exchange("GET", proxy.endpoint + path);
    await exchange("HEAD", `${proxy.endpoint}/a/1`);
    expect([
      proxy.count("GET", "/"),
      proxy.count("GET", "/a/"),
      proxy.count("HEAD", "/"),
      proxy.count("PUT", "/"),
    ]).toEqual([3, 2, 1, 0]);
  });

  it("can hold a request until the test releases it", async () => {
    let letGo: (fault: Fault) => void = () => {};
    await startProxy(new Promise((resolve) => (letGo = resolve)));
    const { send, stored } = await upload();
    const answer = send();
    await expect.poll(() => proxy.count("PUT", "/")).toBe(1);
    expect(await stored()).toBeUndefined();
    letGo({ kind: "pass" });
    expect((await answer).status).toBe(200);
  });
});

describe("a server that is not there", () => {
  it("refuses connections on a closed port", async () => {
    await startProxy();
    await expect(exchange("GET", `http://127.0.0.1:${await closedPort()}/`)).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  it("behind the proxy shows as a reset", async () => {
    proxy = await startFaultProxy({ upstream: `http://127.0.0.1:${await closedPort()}` });
    await expect(unsigned()).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});
