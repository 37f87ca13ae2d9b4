import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { request as sendTls } from "node:https";
import { buffer, text } from "node:stream/consumers";

import { afterAll, beforeAll, expect, test } from "vitest";

import { listen } from "../../../servers/loopback.ts";
import { exchange } from "../../../servers/plain-client.ts";
import { type CloudFrontFront, startCloudFrontFront } from "./cloudfront-front.ts";
import { connectHttp2, type Http2Client } from "./send-http2.ts";

/** What the edge behind the front has received. */
interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

let edge: Server;
let baseUrl: string;
let front: CloudFrontFront;
let plain: CloudFrontFront;
let viewer: Http2Client;
let seen: Seen[] = [];
beforeAll(async () => {
  edge = createServer({ maxHeaderSize: 65_536 }, (req, res) => {
    if (req.url === "/broken") return void req.socket.destroy();
    if (req.url === "/refused") {
      res.writeHead(403, { "content-type": "application/xml", "content-length": "1", connection: "close" });
      res.write("x");
      return void req.resume().on("end", () => res.end());
    }
    return void (async () => {
      const body = await buffer(req);
      seen.push({ method: req.method, url: req.url, rawHeaders: req.rawHeaders, body: body.toString() });
      if (req.url === "/url") res.setHeader("content-type", "text/plain").end(`${baseUrl}/uploads/x?y`);
      else res.setHeader("X-Cache", "Miss from cloudfront").end(body);
    })();
  });
  baseUrl = `http://127.0.0.1:${await listen(edge)}`;
  front = await startCloudFrontFront({ target: baseUrl, tls: true });
  plain = await startCloudFrontFront({ target: baseUrl });
  viewer = await connectHttp2(front.url, front.ca);
});
afterAll(async () => {
  viewer.close();
  await front.close();
  await plain.close();
  edge.closeAllConnections();
  edge.close();
});

/** The one request that the edge has received while something happens. */
async function seenDuring(work: () => Promise<unknown>): Promise<Seen | undefined> {
  seen = [];
  await work();
  expect(seen).toHaveLength(1);
  return seen[0];
}

test("a request by HTTP/2 reaches the edge as HTTP/1.1 would have it, and the answer comes back", async () => {
  const request = await seenDuring(async () => {
    const headers = { "X-Note": "a", cookie: ["a=1", "b=2"], "content-length": "5", te: "trailers" };
    const answer = await viewer.send("PUT", "/uploads/x?y=%2F", { headers, body: "hello" });
    expect([answer.status, answer.headers["x-cache"], answer.body.toString()]).toEqual([
      200,
      "Miss from cloudfront",
      "hello",
    ]);
  });
  expect(request).toMatchObject({ method: "PUT", url: "/uploads/x?y=%2F", body: "hello" });
  expect(request?.rawHeaders).toEqual([
    ...["host", new URL(front.url).host],
    ...["x-note", "a", "content-length", "5", "te", "trailers", "cookie", "a=1; b=2"],
  ]);
});

test("a body by HTTP/2 of a length that is not told goes in chunks, and none goes as none", async () => {
  const chunked = await seenDuring(() => viewer.send("PUT", "/x", { body: "hello" }));
  expect([chunked?.rawHeaders, chunked?.body]).toEqual([
    ["host", new URL(front.url).host, "transfer-encoding", "chunked"],
    "hello",
  ]);
  const none = await seenDuring(() => viewer.send("PUT", "/x"));
  expect([none?.rawHeaders, none?.body]).toEqual([["host", new URL(front.url).host], ""]);
});

test("many requests share one connection by HTTP/2", async () => {
  seen = [];
  const answers = await Promise.all(
    Array.from({ length: 32 }, (_, i) => viewer.send("PUT", "/x", { body: String(i) })),
  );
  expect(answers.map(({ body }) => body.toString())).toEqual(Array.from({ length: 32 }, (_, i) => String(i)));
});

/** Sends `hello` by HTTP/1.1 over TLS. */
async function sendHttp1(
  path: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage & { body: string }> {
  const outgoing = sendTls(`${front.url}${path}`, { method: "PUT", ca: front.ca, agent: false, headers });
  if (headers["Expect"] === undefined) outgoing.end("hello");
  else outgoing.on("continue", () => outgoing.end("hello"));
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  outgoing.on("error", () => {});
  return Object.assign(answer, { body: await text(answer) });
}

test("HTTP/1.1 goes through as it is, over TLS and without", async () => {
  const headers = { "X-Note": "a", "Transfer-Encoding": "chunked" };
  const overTls = await seenDuring(() => sendHttp1("/x", headers));
  const inClear = await seenDuring(() => exchange("PUT", `${plain.url}/x`, { headers, body: "hello" }));
  for (const request of [overTls, inClear]) {
    expect(request?.rawHeaders.slice(0, 4)).toEqual(["X-Note", "a", "Transfer-Encoding", "chunked"]);
    expect(request?.body).toBe("hello");
  }
});

test("a head of any length that the edge may have to refuse reaches it, by both versions", async () => {
  const headers = { "x-note": "a".repeat(40_000) };
  const requests = [
    await seenDuring(() => viewer.send("GET", "/x", { headers })),
    await seenDuring(() => sendHttp1("/x", headers)),
  ];
  for (const request of requests) expect(request?.rawHeaders).toContain(headers["x-note"]);
});

test("a viewer that waits for 100 Continue gets it from the edge", async () => {
  const headers = { Expect: "100-continue", "Content-Length": "5" };
  expect((await seenDuring(() => sendHttp1("/x", headers)))?.body).toBe("hello");
});

test("an answer that comes before the body was read gets through, by both versions", async () => {
  const [long, headers] = [Buffer.alloc(3_000_000), { Connection: "keep-alive" }];
  expect(await viewer.send("PUT", "/refused", { body: long })).toMatchObject({ status: 403, body: Buffer.from("x") });
  const answer = await sendHttp1("/refused", headers);
  expect([answer.statusCode, answer.headers.connection, answer.body]).toEqual([403, "close", "x"]);
});

test("the edge sees the head of a request before its body has come", async () => {
  const headers = { "content-length": "5" };
  const outgoing = sendTls(`${front.url}/refused`, { method: "PUT", ca: front.ca, agent: false, headers });
  outgoing.flushHeaders();
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  expect(answer.statusCode).toBe(403);
  outgoing.end("hello");
  expect(await text(answer)).toBe("x");
});

test("an edge that breaks off leaves the viewer without an answer, and the front alive", async () => {
  await expect(viewer.send("PUT", "/broken", { body: "x" })).rejects.toThrow();
  await expect(sendHttp1("/broken")).rejects.toThrow();
  expect((await viewer.send("GET", "/x")).status).toBe(200);
});

test("a URL that the edge issues names the front", async () => {
  const { headers, body } = await viewer.send("GET", "/url");
  expect(body.toString()).toBe(`${front.url}/uploads/x?y`);
  expect(Number(headers["content-length"] ?? body.length)).toBe(body.length);
});

test("nothing is trusted but its own certificate", async () => {
  const other = await startCloudFrontFront({ target: baseUrl, tls: true });
  await expect(connectHttp2(front.url, other.ca)).rejects.toMatchObject({
    code: expect.stringMatching(/SELF_SIGNED|SIGNATURE/),
  });
  await other.close();
});
