import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { requestGrant } from "./request-grant.ts";

const GRANT = { url: "http://edge/k?s", method: "PUT", headers: {}, key: "k", expiresAt: "2026-01-01T00:00:00Z" };

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The query that the endpoint receives for a file. */
async function askedFor(file: Blob, query = ""): Promise<string> {
  let received = "";
  const url = await serve((req, res) => {
    received = `${req.headers.accept} ${req.url}`;
    res.end(JSON.stringify(GRANT));
  });
  expect(await requestGrant(file, { endpoint: `${url}/url${query}` })).toEqual(GRANT);
  return received.replace("application/json /url?", "");
}

test("requests a URL for size, type and name, and keeps the endpoint's own parameters", async () => {
  const file = new File(["hello"], "a b+c.txt", { type: "text/plain" });
  expect(await askedFor(file, "?expires-in=60")).toBe(
    "expires-in=60&content-length=5&content-type=text%2Fplain&filename=a+b%2Bc.txt",
  );
});

test("requests a URL for a blob by its size only, even if it is 0", async () => {
  expect(await askedFor(new Blob([]))).toBe("content-length=0");
});

test.each([
  ["text/plain;charset=utf-8", "text/plain;charset=utf-8"],
  ["Image/PNG", "image/png"],
  ["image/svg+xml", "image/svg+xml"],
  ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp8,opus"],
  ['text/plain; charset="utf-8"', 'text/plain; charset="utf-8"'],
  ["text/plain; a=(b)", "text/plain"],
  ["nonsense", null],
  ["", null],
])("sends the type %j as %j", async (type, asked) => {
  const query = new URLSearchParams(await askedFor(new Blob(["x"], { type })));
  expect(query.get("content-type")).toBe(asked);
});

test.each([
  ["Ünïcödé 文件.txt", "Ünïcödé 文件.txt"],
  ["x".repeat(1024), "x".repeat(1024)],
  ["x".repeat(1025), null],
  [`${"x".repeat(1021)}*`, `${"x".repeat(1021)}*`],
  [`${"x".repeat(1022)}*`, null],
  ["文".repeat(113), "文".repeat(113)],
  ["文".repeat(114), null],
  ["two\nlines", null],
  ["lone\ud800", "lone\ufffd"],
])("sends the name %j as %j", async (name, asked) => {
  const query = new URLSearchParams(await askedFor(new File(["x"], name)));
  expect(query.get("filename")).toBe(asked);
});

test("sends headers for the authorizer, and always asks for JSON", async () => {
  let received: unknown;
  const url = await serve(({ headers }, res) => {
    received = [headers.authorization, headers.accept];
    res.end(JSON.stringify(GRANT));
  });
  await requestGrant(new Blob([]), { endpoint: url, headers: { authorization: "Bearer t", accept: "text/plain" } });
  expect(received).toEqual(["Bearer t", "application/json"]);
});

test.each([
  [401, '{"code":"Unauthorized","message":"Say who you are."}', { code: "Unauthorized", status: 401 }],
  [404, "<h1>Not found</h1>", { code: "GrantRefused", status: 404 }],
  [200, "<h1>Welcome to our app</h1>", { code: "GrantRefused", status: 200 }],
  [200, "null", { code: "GrantRefused" }],
  [200, '{"url":"https://edge/k?s","headers":null}', { code: "GrantRefused", status: 200 }],
  [200, '{"url":"https://edge/k?s"}', { code: "GrantRefused", status: 200 }],
  [200, '{"headers":{}}', { code: "GrantRefused", status: 200 }],
])("refuses an answer of %d %s", async (status, body, expected) => {
  const endpoint = await serve((_, res) => res.writeHead(status).end(body));
  await expect(requestGrant(new Blob([]), { endpoint })).rejects.toMatchObject({ name: "UploadError", ...expected });
});

test("reports an endpoint that disconnects at once or during its answer as a network error", async () => {
  const atOnce = await serve((req) => req.socket.destroy());
  const inTheMiddle = await serve((req, res) => {
    res.writeHead(200, { "Content-Length": 100 }).write("{");
    setTimeout(() => req.socket.destroy(), 50);
  });
  for (const endpoint of [atOnce, inTheMiddle])
    await expect(requestGrant(new Blob([]), { endpoint })).rejects.toMatchObject({ code: "NetworkError" });
});

test("reports an aborted request as aborted", async () => {
  const endpoint = await serve(() => {});
  const signal = AbortSignal.timeout(50);
  await expect(requestGrant(new Blob([]), { endpoint, signal })).rejects.toMatchObject({ code: "Aborted" });
});
