import { once } from "node:events";
import { connect } from "node:net";

import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";

import { rawRequest } from "../../../test/support/raw-request.ts";
import { startEdge, startOrigin, valuesOf } from "../test/start-edge.ts";
import { editing, PASS_THROUGH } from "../test/write-function.ts";
import type { OriginOptions } from "./origin.ts";

const put = (path: string, ...fields: string[]): string =>
  [`PUT ${path} HTTP/1.1`, "Host: edge.example", "Content-Length: 5", ...fields, "", "hello"].join("\r\n");

const origin = await startOrigin(afterAll);
const passThrough = await startEdge(PASS_THROUGH, { origin: { url: origin.url }, whenDone: afterAll });
beforeEach(() => void (origin.seen.length = 0));

async function edgeWith(options: Partial<OriginOptions> = {}, verify = PASS_THROUGH) {
  return startEdge(verify, { origin: { url: origin.url, ...options } });
}

test("sends path, query and body to the origin unchanged", async () => {
  const answer = await rawRequest(passThrough.port, put("/a%2Fb/%7e?x=%2B&y=a+b&&z"));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(origin.seen).toEqual([
    expect.objectContaining({ method: "PUT", url: "/a%2Fb/%7e?x=%2B&y=a+b&&z", body: "hello" }),
  ]);
});

test("sends the function's uri and querystring, after the origin path", async () => {
  const edge = await edgeWith({ path: "/bucket/pre" }, editing(`request.uri = "/k"; request.querystring = "a=1"`));
  await rawRequest(edge.port, put("/x?b=2"));
  expect(origin.seen[0]?.url).toBe("/bucket/pre/k?a=1");
});

test("removes the question mark with an emptied querystring", async () => {
  const edge = await edgeWith({}, editing(`request.querystring = ""`));
  await rawRequest(edge.port, put("/x?b=2"));
  expect(origin.seen[0]?.url).toBe("/x");
});

test("sends the origin its own host, never the viewer's", async () => {
  await rawRequest(passThrough.port, put("/"));
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "host")).toEqual([new URL(origin.url).host]);
});

test("adds Via and X-Forwarded-For", async () => {
  await rawRequest(passThrough.port, put("/", "X-Forwarded-For: 192.0.2.4", "Via: 1.0 proxy"));
  const rawHeaders = origin.seen[0]?.rawHeaders ?? [];
  expect(valuesOf(rawHeaders, "x-forwarded-for")).toEqual(["192.0.2.4, 127.0.0.1"]);
  expect(valuesOf(rawHeaders, "via")).toEqual([
    expect.stringMatching(/^1\.0 proxy, 1\.1 \w+\.cloudfront\.net \(CloudFront\)$/),
  ]);
  expect(valuesOf(rawHeaders, "x-amz-cf-id")).toEqual([expect.stringMatching(/==$/)]);
});

test("passes on the viewer's User-Agent, or Amazon CloudFront without one", async () => {
  await rawRequest(passThrough.port, put("/"));
  await rawRequest(passThrough.port, put("/", "User-Agent: curl/7"));
  expect(origin.seen.map(({ rawHeaders }) => valuesOf(rawHeaders, "user-agent"))).toEqual([
    ["Amazon CloudFront"],
    ["curl/7"],
  ]);
});

test("drops connection headers, and passes all others on, line by line", async () => {
  const dropped = [
    "Keep-Alive: 1",
    "TE: trailers",
    "Proxy-Authorization: p",
    "Upgrade: h2c",
    "X-Edge-A: 1",
    "X-Real-IP: 1",
    "X-Amz-Cf-Id: forged",
  ];
  const kept = [
    "Cookie: c=1",
    "Authorization: a",
    "If-None-Match: *",
    "X-Amz-Acl: private",
    "Origin: https://app.example",
    "X-Two: 1",
    "X-Two: 2",
  ];
  await rawRequest(passThrough.port, put("/", ...dropped, ...kept));
  const rawHeaders = origin.seen[0]?.rawHeaders ?? [];
  for (const line of dropped.slice(0, -1)) expect(valuesOf(rawHeaders, line.split(":")[0]!.toLowerCase())).toEqual([]);
  expect(valuesOf(rawHeaders, "x-amz-cf-id")).not.toContain("forged");
  for (const line of kept)
    expect(valuesOf(rawHeaders, line.split(":")[0]!.toLowerCase())).toContain(line.split(": ")[1]);
  expect(valuesOf(rawHeaders, "x-two")).toEqual(["1", "2"]);
  expect(valuesOf(rawHeaders, "content-length")).toEqual(["5"]);
});

test("adds and removes the headers that the function added and removed", async () => {
  const edge = await edgeWith(
    {},
    editing(`request.headers["x-once-lock"] = [{ value: "s" }]; delete request.headers["x-gone"]`),
  );
  await rawRequest(edge.port, put("/", "X-Gone: 1"));
  const rawHeaders = origin.seen[0]?.rawHeaders ?? [];
  expect(valuesOf(rawHeaders, "x-once-lock")).toEqual(["s"]);
  expect(valuesOf(rawHeaders, "x-gone")).toEqual([]);
});

test("overrides headers of viewer and function with an origin custom header", async () => {
  const edge = await edgeWith(
    { customHeaders: { "X-Secret": "edge" } },
    editing(`request.headers["x-secret"] = [{ value: "function" }]`),
  );
  await rawRequest(edge.port, put("/", "x-secret: viewer", "X-SECRET: again"));
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "x-secret")).toEqual(["edge"]);
});

test("drops headers by name or prefix only if configured", async () => {
  const edge = await edgeWith({ stripHeaders: ["origin", "mf-*"] });
  const fields = ["Origin: https://app.example", "MF-Original-Hostname: x", "Original: 1", "x-mf-a: 2"];
  await rawRequest(edge.port, put("/", ...fields));
  await rawRequest(passThrough.port, put("/", ...fields));
  const names = ["origin", "mf-original-hostname", "original", "x-mf-a"];
  expect(origin.seen.map(({ rawHeaders }) => names.flatMap((name) => valuesOf(rawHeaders, name)))).toEqual([
    ["1", "2"],
    ["https://app.example", "x", "1", "2"],
  ]);
});

test("keeps a chunked body chunked", async () => {
  await rawRequest(
    passThrough.port,
    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  );
  expect(origin.seen[0]?.body).toBe("hello");
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "transfer-encoding")).toEqual(["chunked"]);
});

test("announces no body for a request without one", async () => {
  await rawRequest(passThrough.port, "PUT / HTTP/1.1\r\nHost: h\r\n\r\n");
  const rawHeaders = origin.seen[0]?.rawHeaders ?? [];
  expect(valuesOf(rawHeaders, "transfer-encoding")).toEqual([]);
  expect(origin.seen[0]?.body).toBe("");
});

test("answers Expect: 100-continue after the function has run", async () => {
  const socket = connect(passThrough.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const [first] = await once(socket, "data");
  expect(String(first)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  socket.write("hello");
  await expect.poll(() => origin.seen).toHaveLength(1);
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "expect")).toEqual([]);
});

test("counts and logs requests to the origin", async () => {
  const shown: string[] = [];
  const edge = await startEdge(PASS_THROUGH, {
    origin: { url: origin.url },
    onOriginRequest: ({ method, path }) => shown.push(`${method} ${path}`),
  });
  await fetch(`${edge.url}/a?b`);
  await fetch(`${edge.url}/c`, { method: "PUT", body: "x" });
  expect(edge.originRequestCount()).toBe(2);
  expect(shown).toEqual(["GET /a?b", "PUT /c"]);
});
