import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { createServer, type Socket } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { startEdge, startOrigin, startServer } from "../test/start-edge.ts";
import { PASS_THROUGH } from "../test/write-function.ts";

test("returns status, headers and body of a response, without connection headers", async () => {
  const { url } = await startServer((_, res) => {
    res.writeHead(201, "Made", [
      "ETag",
      '"e"',
      "X-Two",
      "1",
      "X-Two",
      "2",
      "Keep-Alive",
      "timeout=9",
      "Via",
      "1.1 inner",
      "X-Cache",
      "inner",
    ]);
    res.write("one");
    res.end("two");
  });
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  const response = await fetch(edge.url);
  expect([response.status, response.statusText, await response.text()]).toEqual([201, "Made", "onetwo"]);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    etag: '"e"',
    "x-two": "1, 2",
    "x-cache": "Miss from cloudfront",
    via: expect.stringMatching(/^1\.1 \w+\.cloudfront\.net \(CloudFront\)$/),
  });
  expect(response.headers.get("keep-alive")).not.toBe("timeout=9");
});

test("adds to a download what the stack's response headers policy adds, and to nothing else", async () => {
  const { url } = await startServer((_, res) => void res.end("file"));
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  const names = ["x-content-type-options", "content-security-policy", "referrer-policy"];
  const addedTo = async (path: string) => {
    const { headers } = await fetch(edge.url + path);
    return names.map((name) => headers.get(name));
  };
  expect(await addedTo("/d/token")).toEqual(["nosniff", "sandbox", "no-referrer"]);
  expect(await addedTo("/uploads/d/")).toEqual([null, null, null]);
});

test("passes an error of the origin back unchanged, and marks it as an error", async () => {
  const { url } = await startServer((_, res) => void res.writeHead(403).end("<Code>SignatureDoesNotMatch</Code>"));
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  const response = await fetch(edge.url);
  expect([response.status, await response.text()]).toEqual([403, "<Code>SignatureDoesNotMatch</Code>"]);
  expect(response.headers.get("x-cache")).toBe("Error from cloudfront");
});

test("an origin that cannot be reached gives 502", async () => {
  const { server, url } = await startServer(() => {});
  await new Promise((resolve) => server.close(resolve));
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  const response = await fetch(edge.url, { method: "PUT", body: "x" });
  expect([response.status, response.headers.get("x-cache")]).toEqual([502, "Error from cloudfront"]);
});

test("an origin that disconnects gives 502, without a retry", async () => {
  let connections = 0;
  const origin = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    socket.once("data", () => socket.destroy());
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void origin.close());
  const edge = await startEdge(PASS_THROUGH, {
    origin: { url: `http://127.0.0.1:${(origin.address() as { port: number }).port}` },
  });
  expect((await fetch(edge.url, { method: "PUT", body: "x" })).status).toBe(502);
  expect(connections).toBe(1);
});

test("an origin that sends invalid HTTP gives 502", async () => {
  const sockets: Socket[] = [];
  const origin = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    socket.once("data", () => socket.write("HTTP/1.1 099 Nonsense\r\nContent-Length: 0\r\n\r\n"));
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    origin.close();
  });
  const edge = await startEdge(PASS_THROUGH, {
    origin: { url: `http://127.0.0.1:${(origin.address() as { port: number }).port}` },
  });
  expect((await fetch(edge.url, { method: "PUT", body: "x" })).status).toBe(502);
});

test("an origin that does not answer gives 504, without a retry", async () => {
  let asked = 0;
  const { url } = await startServer(() => void (asked += 1));
  const edge = await startEdge(PASS_THROUGH, { origin: { url }, limits: { originResponseMs: 200 } });
  const response = await fetch(edge.url, { method: "PUT", body: "x" });
  expect([response.status, asked]).toEqual([504, 1]);
});

test("an origin that stops during a response ends the viewer's response", async () => {
  const { url } = await startServer((_, res) => void res.writeHead(200, { "Content-Length": 10 }).write("hello"));
  const edge = await startEdge(PASS_THROUGH, { origin: { url }, limits: { originResponseMs: 200 } });
  const response = await fetch(edge.url);
  await expect(response.text()).rejects.toThrow();
});

test("a viewer that uploads slowly does not time out the origin", async () => {
  let received = "";
  const { url } = await startServer((req, res) => {
    req.on("data", (chunk: Buffer) => (received += chunk.toString()));
    req.on("end", () => res.end());
  });
  const edge = await startEdge(PASS_THROUGH, { origin: { url }, limits: { originResponseMs: 150 } });
  const upload = httpRequest(edge.url, { method: "PUT", headers: { "Content-Length": "2" } });
  const answered = once(upload, "response");
  upload.write("a");
  await expect.poll(() => received, { timeout: 5_000 }).toBe("a");
  await new Promise((resolve) => setTimeout(resolve, 600));
  upload.end("b");
  const [response] = await answered;
  response.resume();
  expect([response.statusCode, received]).toEqual([200, "ab"]);
});

test("a viewer that reads slowly does not time out the origin", async () => {
  const body = Buffer.alloc(20 * 1024 * 1024);
  const { url } = await startServer((_, res) => void res.end(body));
  const edge = await startEdge(PASS_THROUGH, { origin: { url }, limits: { originResponseMs: 150 } });
  const download = httpRequest(edge.url).end();
  const [response] = await once(download, "response");
  await new Promise((resolve) => setTimeout(resolve, 600));
  let received = 0;
  for await (const chunk of response) received += (chunk as Buffer).length;
  expect(received).toBe(body.length);
});

test("a viewer that disconnects during its upload ends the origin request", async () => {
  let received = 0;
  let ended: string | undefined;
  const { url } = await startServer((req) => {
    req.on("data", (chunk: Buffer) => (received += chunk.length));
    req.on("end", () => (ended = "complete"));
    req.on("error", () => (ended = "aborted"));
  });
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  const upload = httpRequest(edge.url, { method: "PUT", headers: { "Content-Length": "1000000" } });
  upload.on("error", () => {});
  upload.write(Buffer.alloc(1000));
  await expect.poll(() => received).toBe(1000);
  upload.destroy();
  await expect.poll(() => ended).toBe("aborted");
});

test("a viewer that disconnects while it waits for the response ends the origin request", async () => {
  let closed = false;
  let asked = false;
  const { url } = await startServer((_, res) => {
    asked = true;
    res.on("close", () => (closed = true));
  });
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  const get = httpRequest(edge.url);
  get.on("error", () => {});
  get.end();
  await expect.poll(() => asked).toBe(true);
  get.destroy();
  await expect.poll(() => closed).toBe(true);
});

test("a viewer that disconnects before the function ends sends nothing to the origin", async () => {
  const origin = await startOrigin();
  const slow = `export const handler = async (event) => {
    console.log("called");
    await new Promise((resolve) => setTimeout(resolve, 200));
    console.log("done");
    return event.Records[0].cf.request;
  };`;
  const edge = await startEdge(slow, { origin: { url: origin.url } });
  const upload = httpRequest(edge.url, { method: "PUT", headers: { "Content-Length": "5" } });
  upload.on("error", () => {});
  upload.write("hel");
  await expect.poll(() => edge.log).toContain("called");
  upload.destroy();
  await expect.poll(() => edge.log).toContain("done");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(edge.originRequestCount()).toBe(0);
});
