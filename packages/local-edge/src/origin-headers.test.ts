import { once } from "node:events";
import { connect } from "node:net";

import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";

import { rawRequest } from "../test/raw-request.ts";
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

test("path, query and body reach the origin as they came", async () => {
  const answer = await rawRequest(passThrough.port, put("/a%2Fb/%7e?x=%2B&y=a+b&&z"));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(origin.seen).toEqual([
    expect.objectContaining({ method: "PUT", url: "/a%2Fb/%7e?x=%2B&y=a+b&&z", body: "hello" }),
  ]);
});

test("the function's uri and querystring go out, after the origin path", async () => {
  const edge = await edgeWith({ path: "/bucket/pre" }, editing(`request.uri = "/k"; request.querystring = "a=1"`));
  await rawRequest(edge.port, put("/x?b=2"));
  expect(origin.seen[0]?.url).toBe("/bucket/pre/k?a=1");
});

test("an emptied querystring takes the question mark with it", async () => {
  const edge = await edgeWith({}, editing(`request.querystring = ""`));
  await rawRequest(edge.port, put("/x?b=2"));
  expect(origin.seen[0]?.url).toBe("/x");
});

test("the origin sees its own host, never the viewer's", async () => {
  await rawRequest(passThrough.port, put("/"));
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "host")).toEqual([new URL(origin.url).host]);
});

test("the edge names itself and the viewer to the origin", async () => {
  await rawRequest(passThrough.port, put("/", "X-Forwarded-For: 192.0.2.4", "Via: 1.0 proxy"));
  const rawHeaders = origin.seen[0]?.rawHeaders ?? [];
  expect(valuesOf(rawHeaders, "x-forwarded-for")).toEqual(["192.0.2.4, 127.0.0.1"]);
  expect(valuesOf(rawHeaders, "via")).toEqual([
    expect.stringMatching(/^1\.0 proxy, 1\.1 \w+\.cloudfront\.net \(CloudFront\)$/),
  ]);
  expect(valuesOf(rawHeaders, "x-amz-cf-id")).toEqual([expect.stringMatching(/==$/)]);
});

test("a viewer's User-Agent is passed on, and one without goes as Amazon CloudFront", async () => {
  await rawRequest(passThrough.port, put("/"));
  await rawRequest(passThrough.port, put("/", "User-Agent: curl/7"));
  expect(origin.seen.map(({ rawHeaders }) => valuesOf(rawHeaders, "user-agent"))).toEqual([
    ["Amazon CloudFront"],
    ["curl/7"],
  ]);
});

test("headers of the connection stay behind, and all others go, line by line", async () => {
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

test("headers that the function added or took away are added and taken away", async () => {
  const edge = await edgeWith(
    {},
    editing(`request.headers["x-once-lock"] = [{ value: "s" }]; delete request.headers["x-gone"]`),
  );
  await rawRequest(edge.port, put("/", "X-Gone: 1"));
  const rawHeaders = origin.seen[0]?.rawHeaders ?? [];
  expect(valuesOf(rawHeaders, "x-once-lock")).toEqual(["s"]);
  expect(valuesOf(rawHeaders, "x-gone")).toEqual([]);
});

test("an origin custom header overrides the viewer's and the function's", async () => {
  const edge = await edgeWith(
    { customHeaders: { "X-Secret": "edge" } },
    editing(`request.headers["x-secret"] = [{ value: "function" }]`),
  );
  await rawRequest(edge.port, put("/", "x-secret: viewer", "X-SECRET: again"));
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "x-secret")).toEqual(["edge"]);
});

test("headers are left out if asked, by name or by the beginning of one, and otherwise not", async () => {
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

test("a chunked body stays chunked", async () => {
  await rawRequest(
    passThrough.port,
    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  );
  expect(origin.seen[0]?.body).toBe("hello");
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "transfer-encoding")).toEqual(["chunked"]);
});

test("a request without a body announces none", async () => {
  await rawRequest(passThrough.port, "PUT / HTTP/1.1\r\nHost: h\r\n\r\n");
  const rawHeaders = origin.seen[0]?.rawHeaders ?? [];
  expect(valuesOf(rawHeaders, "transfer-encoding")).toEqual([]);
  expect(origin.seen[0]?.body).toBe("");
});

test("Expect: 100-continue is answered by the edge, after the function and not before", async () => {
  const socket = connect(passThrough.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const [first] = await once(socket, "data");
  expect(String(first)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  socket.write("hello");
  await expect.poll(() => origin.seen).toHaveLength(1);
  expect(valuesOf(origin.seen[0]?.rawHeaders ?? [], "expect")).toEqual([]);
});

test("requests that leave are counted and shown", async () => {
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
