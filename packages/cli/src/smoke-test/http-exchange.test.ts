import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { setImmediate, setTimeout } from "node:timers/promises";

import { expect, onTestFinished, test } from "vitest";

import { createHttpClient } from "./http-client.ts";
import { bytes, CUT, type HttpBody, NO_HTTP2 } from "./http-message.ts";

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** Serves on 127.0.0.1 until the end of the test. @param expect100  answers a request that waits for `100 Continue` */
async function serve(handler: Handler, expect100?: Handler): Promise<string> {
  const server = createServer((req, res) => void handler(req, res));
  if (expect100 !== undefined)
    server.on("checkContinue", (req: IncomingMessage, res: ServerResponse) => void expect100(req, res));
  return listen(server);
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with what was received. */
const echo: Handler = async (req, res) => {
  const body = await buffer(req);
  res.end(JSON.stringify({ url: req.url, headers: req.headers, length: body.length }));
};

async function send(url: string, body?: HttpBody) {
  const answer = await createHttpClient().send({ method: "PUT", url, ...(body === undefined ? {} : { body }) });
  return JSON.parse(answer.body) as { url: string; headers: Record<string, string>; length: number };
}

test("sends path and query as they are spelled", async () => {
  const origin = await serve(echo);
  expect((await send(`${origin}/a%2fb/..?b=%7e'&a=%2F`)).url).toBe("/a%2fb/..?b=%7e'&a=%2F");
});

test("adds no listener for each piece of a large body", async () => {
  const warnings: string[] = [];
  const hear = ({ name }: Error) => void warnings.push(name);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const origin = await serve(async (req, res) => {
    await setTimeout(50); // so that the connection's buffers fill up
    return echo(req, res);
  });
  const piece = Buffer.alloc(65_536);
  const body: HttpBody = { lengthBytes: 200 * piece.length, pieces: () => Array<Buffer>(200).fill(piece) };
  expect((await send(origin, body)).length).toBe(body.lengthBytes);
  await setImmediate();
  expect(warnings).toEqual([]);
});

test("sends a body with its length, in chunks without, and an empty one with length 0", async () => {
  const origin = await serve(echo);
  const content = Buffer.alloc(1_000_000);
  const plain = await send(origin, bytes(content));
  expect([plain.length, plain.headers["content-length"]]).toEqual([1_000_000, "1000000"]);
  const chunked = await send(origin, bytes(content, "chunked"));
  expect([chunked.length, chunked.headers["content-length"], chunked.headers["transfer-encoding"]]).toEqual([
    1_000_000,
    undefined,
    "chunked",
  ]);
  expect((await send(origin)).headers["content-length"]).toBe("0");
});

test("waits with the body for 100 Continue, and sends none after a final answer", async () => {
  const waiting = bytes(Buffer.from("hello"), "after-continue");
  const origin = await serve(echo, (req, res) => {
    res.writeContinue();
    return echo(req, res);
  });
  expect((await send(origin, waiting)).length).toBe(5);
  let received = 0;
  const refusing = await serve(echo, (req, res) => {
    req.on("data", (chunk: Buffer) => (received += chunk.length));
    res.writeHead(417, { connection: "close" }).end("no");
  });
  const answer = await createHttpClient().send({ method: "PUT", url: refusing, body: waiting });
  expect([answer.status, answer.body, received]).toEqual([417, "no", 0]);
});

test("an answer before the end of the body is an answer", async () => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"));
  });
  const url = await listen(server);
  const answer = await createHttpClient().send({ method: "PUT", url, body: bytes(Buffer.alloc(50_000_000)) });
  expect([answer.status, answer.body]).toEqual([403, "no"]);
});

test("breaks the connection where it was asked to", async () => {
  let received = 0;
  let whole = true;
  const origin = await serve((req) => {
    req.on("data", (chunk: Buffer) => (received += chunk.length));
    req.on("aborted", () => (whole = false)).on("error", () => {});
  });
  const body: HttpBody = { ...bytes(Buffer.alloc(100_000)), cutAfterBytes: 40_000 };
  await expect(createHttpClient().send({ method: "PUT", url: origin, body })).rejects.toMatchObject({ code: CUT });
  await expect.poll(() => [received, whole]).toEqual([40_000, false]);
});

test("sends each request on a connection of its own", async () => {
  const ports = new Set<number | undefined>();
  const origin = await serve((req, res) => {
    ports.add(req.socket.remotePort);
    return echo(req, res);
  });
  for (let n = 0; n < 3; n++) await send(origin);
  expect(ports.size).toBe(3);
});

test("keeps repeated headers apart with a comma, as a browser does", async () => {
  const origin = await serve((_, res) => {
    res.writeHead(200, ["Access-Control-Allow-Origin", "a", "Access-Control-Allow-Origin", "*"]).end();
  });
  const { headers } = await createHttpClient().send({ method: "GET", url: origin });
  expect(headers["access-control-allow-origin"]).toBe("a, *");
});

test("HTTP/2 without TLS is not offered", async () => {
  const origin = await serve(echo);
  const sent = createHttpClient().send({ method: "PUT", url: origin, protocol: "HTTP/2" });
  await expect(sent).rejects.toMatchObject({ code: NO_HTTP2 });
});
