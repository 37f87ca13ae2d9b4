import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { connect as connectHttp2, constants, createServer as createHttp2Server, type Http2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";

import { describe, expect, onTestFinished, test } from "vitest";

import { createInMemoryRelay, RELAY } from "../../test/in-memory-relay.ts";
import type { FetchHandler } from "../fetch-handler.ts";
import { createNodeListener, NODE_SERVER_OPTIONS } from "./node-listener.ts";

function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Listens with a handler, and gives the port. */
async function listen(server: Server | Http2Server, handler: FetchHandler, lines: string[] = []): Promise<number> {
  const listener = createNodeListener(handler, { baseUrl: RELAY, writeLine: (line) => void lines.push(line) });
  server.on("request", listener).on("checkContinue", listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
const listenHttp1 = (handler: FetchHandler, lines?: string[]) =>
  listen(createHttpServer(NODE_SERVER_OPTIONS), handler, lines);

/** Sends bytes as they are, and reads until the server closes the connection. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

const put = (target: string, headers: readonly string[] = ["Host: a"]) =>
  [`PUT ${target} HTTP/1.1`, ...headers, "Content-Length: 5", "Connection: close", "", "hello"].join("\r\n");

/** A relay behind a server, and a URL of it. */
async function serveRelay() {
  const relay = createInMemoryRelay();
  const seen: string[] = [];
  const port = await listenHttp1((request) => {
    seen.push(request.url);
    return relay.handle(request);
  });
  const { url } = await relay.grant();
  return { relay, seen, port, path: url.slice(RELAY.length) };
}

describe("over HTTP/1.1 refuses a target that is not the exact path, and keeps the URL usable:", () => {
  const targets: [what: string, of: (path: string) => string][] = [
    ["a dot segment", (path) => `/x/..${path}`],
    ["an escaped dot segment", (path) => `/x/%2E%2e${path}`],
    ["a segment of one dot", (path) => `/.${path}`],
    ["a fragment", (path) => `${path}#x`],
    ["two slashes", (path) => `/${path}`],
    ["a backslash", (path) => path.replace("/u/", "/u\\")],
    ["the absolute form", (path) => `${RELAY}${path}`],
    ["the absolute form of another host", (path) => `http://evil.example${path}`],
    ["bytes outside ASCII", (path) => `${path}\u00e9`],
    ["an asterisk", () => "*"],
    ["a host", () => "evil.example:443"],
  ];
  test.each(targets)("%s", async (_, of) => {
    const { relay, seen, port, path } = await serveRelay();
    expect(await raw(port, put(of(path)))).toMatch(/^HTTP\/1\.1 400 /);
    expect([seen, relay.asked.claims]).toEqual([[], 0]);
    expect(await raw(port, put(path))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test.each(["a/url#", "evil.example", "evil.example:80", "a?b", "u@evil.example", ""])(
  "ignores Host: %j for routing and for URLs",
  async (host) => {
    const { relay, seen, port, path } = await serveRelay();
    const health = await raw(port, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(health).toMatch(/^HTTP\/1\.1 404 /);
    const grant = await raw(port, `GET /url HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(grant).toContain(`${RELAY}/u/`);
    expect(await raw(port, put(path, [`Host: ${host}`]))).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen).toEqual([`${RELAY}/health`, `${RELAY}/url`, `${RELAY}${path}`]);
    expect(relay.objects.size).toBe(1);
  },
);

test.each([
  "Authorization: Bearer a",
  "Content-Type: text/plain",
  "Content-Disposition: inline",
  "Content-Encoding: gzip",
  "Content-Language: en",
  "Cache-Control: no-cache",
  "Expires: Thu, 01 Jan 2026 00:00:00 GMT",
  "Content-MD5: AAAA",
  "Content-Range: bytes 0-4/5",
  "Host: b",
  "Origin: https://app.example",
  "x-presign-once-client: ssssssssssssssssssssss",
  "x-amz-meta-filename: a",
])("refuses two %s headers instead of joining them, and keeps the URL usable", async (field) => {
  const { relay, seen, port, path } = await serveRelay();
  const [name = "", value = ""] = field.split(": ");
  const twice = put(path, [...(name === "Host" ? [] : ["Host: a"]), field, `${name.toUpperCase()}: ${value}`]);
  expect(await raw(port, twice)).toMatch(/^HTTP\/1\.1 400 /);
  expect([seen, relay.asked.claims]).toEqual([[], 0]);
  expect(await raw(port, put(path, ["Host: a", "Via: 1.1 a", "Via: 1.1 b", "Accept: */*", "Accept: a/b"]))).toMatch(
    /^HTTP\/1\.1 200 /,
  );
});

test("sends 100 Continue when the body is first read, and not to a refused client", async () => {
  const { port, path } = await serveRelay();
  const head = put(path, ["Host: a", "Expect: 100-continue"]).replace(/hello$/, "");
  const upload = async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(head);
    const [first] = (await once(socket, "data")) as [Buffer];
    if (!String(first).startsWith("HTTP/1.1 100 ")) return String(first);
    socket.write("hello");
    return String(first) + (await text(socket));
  };
  expect(await upload()).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  const refused = await upload();
  expect(refused).toMatch(/^HTTP\/1\.1 403 /);
  expect(refused).toMatch(/\r\nConnection: close\r\n/i);
});

test("closes the connection after an early answer, which arrives whole", async () => {
  const port = await listenHttp1(async () => new Response("refused", { status: 403 }));
  const socket = connect(port, "127.0.0.1");
  socket.write("PUT /u/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello");
  const answer = text(socket);
  await once(socket, "data");
  socket.write("x".repeat(95)); // what was announced; another request on this connection is not answered
  socket.write("PUT /u/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  expect(await answer).toMatch(/^HTTP\/1\.1 403 [^]*\r\nconnection: close\r\n[^]*\r\n\r\nrefused$/i);
});

test("aborts the request and its body if the client disconnects", async () => {
  const ends: unknown[] = [];
  const handled = deferred<void>();
  const port = await listenHttp1(async (request) => {
    await request.text().catch(() => ends.push("broken off"));
    if (!request.signal.aborted) await once(request.signal, "abort");
    handled.resolve();
    return new Response("late");
  });
  const socket = connect(port, "127.0.0.1");
  socket.write("PUT /u/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello");
  await once(socket, "connect");
  setTimeout(() => socket.destroy(), 50);
  await handled.promise;
  expect(ends).toEqual(["broken off"]);
});

test("reads a body from the connection only on demand", async () => {
  const reading = deferred<ReadableStreamDefaultReader<Uint8Array>>();
  const port = await listenHttp1(async (request) => {
    const reader = request.body!.getReader();
    reading.resolve(reader);
    await once(request.signal, "abort");
    return new Response("");
  });
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("PUT /u/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
  const reader = await reading.promise;
  const flushed = new Promise((resolve) => socket.write(Buffer.alloc(50_000_000), () => resolve("all")));
  expect((await reader.read()).value!.length).toBeLessThan(1_000_000);
  expect(await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, 300, "waiting"))])).toBe("waiting");
  socket.destroy();
});

test("answers 500 with a fixed text if the handler throws, and logs the fault without its message", async () => {
  const lines: string[] = [];
  const port = await listenHttp1(async () => Promise.reject(new RangeError("planted")), lines);
  const answer = await raw(port, "GET /url HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 500 [^]*<Code>InternalError<\/Code>/);
  expect(answer + lines.join("")).not.toContain("planted");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ outcome: "fault", cause: "RangeError" }]);
});

test("sends the headers of an answer, each cookie separately", async () => {
  const headers: [string, string][] = [
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
    ["X-A", "1"],
  ];
  const port = await listenHttp1(async () => new Response(null, { status: 204, headers }));
  const answer = await raw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 204 /);
  for (const line of ["set-cookie: a=1", "set-cookie: b=2", "x-a: 1"]) expect(answer.toLowerCase()).toContain(line);
});

test.each(["TRACE", "BREW"])("refuses the method %s without calling the handler", async (method) => {
  const { seen, port, path } = await serveRelay();
  expect(await raw(port, put(path).replace("PUT", method))).toMatch(/^HTTP\/1\.1 400 /);
  expect(seen).toEqual([]);
});

describe("over HTTP/2", () => {
  async function open(handler: FetchHandler) {
    const port = await listen(createHttp2Server(), handler);
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
    return (headers: Record<string, string | string[]>, body?: string | null) => {
      const stream = session.request({ ":authority": "evil.example", ...headers }, { endStream: body === undefined });
      if (typeof body === "string") stream.end(body);
      const answered = once(stream, "response").then(([head]) => (head as Record<string, number>)[":status"]);
      return { stream, answered };
    };
  }

  test("stores an upload of unknown length once, and ignores :authority", async () => {
    const relay = createInMemoryRelay();
    const request = await open(relay.handle);
    const asked = request({ ":path": "/url" });
    const url = await text(asked.stream);
    expect(url).toMatch(new RegExp(`^${RELAY}/u/`));
    const path = { ":method": "PUT", ":path": url.slice(RELAY.length) };
    for (const spoiled of [`/x/..${path[":path"]}`, `${path[":path"]}?`, `/${path[":path"]}`])
      expect(await request({ ...path, ":path": spoiled }, "hello").answered).toBe(400);
    expect(await request({ ...path, "x-amz-meta-a": ["1", "2"] }, "hello").answered).toBe(400);
    expect(await request(path, "hello").answered).toBe(200);
    expect(await request(path, "hello").answered).toBe(403);
    expect([...relay.objects.values()].map(({ bytes }) => String(Buffer.from(bytes)))).toEqual(["hello"]);
  });

  test("closes a stream without an error after an early answer", async () => {
    const request = await open(async () => new Response("refused", { status: 403 }));
    const { stream } = request({ ":method": "PUT", ":path": "/u/x" }, null);
    stream.write("hello");
    const closed = once(stream, "close");
    expect(await text(stream)).toBe("refused");
    await closed;
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  });

  test("aborts the request if its stream is reset", async () => {
    const aborted = deferred<void>();
    const request = await open(async ({ signal, body }) => {
      await body!.getReader().read();
      signal.addEventListener("abort", () => aborted.resolve());
      return new Promise(() => {});
    });
    const { stream, answered } = request({ ":method": "PUT", ":path": "/u/x" }, "hello");
    answered.catch(() => {});
    stream.on("error", () => {});
    setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), 50);
    await aborted.promise;
  });
});

test.each([
  ["handler", undefined, { baseUrl: RELAY }],
  ["baseUrl", async () => new Response(), {}],
  ["baseUrl", async () => new Response(), { baseUrl: `${RELAY}/` }],
  ["writeLine", async () => new Response(), { baseUrl: RELAY, writeLine: "x" }],
])("refuses an invalid option by name: %s", (name, handler, options) => {
  expect(() => createNodeListener(handler as FetchHandler, options as never)).toThrow(
    new RegExp(`^${name}: expected `),
  );
});
