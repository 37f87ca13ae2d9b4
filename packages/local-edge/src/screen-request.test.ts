import { afterAll, expect, test } from "vitest";

import { rawRequest } from "../../../test/support/raw-request.ts";
import { startEdge, startOrigin } from "../test/start-edge.ts";
import { PASS_THROUGH } from "../test/write-function.ts";

const origin = await startOrigin(afterAll);
const edge = await startEdge(PASS_THROUGH, { origin: { url: origin.url }, whenDone: afterAll });

async function answerTo(request: string) {
  origin.seen.length = 0;
  const answer = await rawRequest(edge.port, request);
  return { status: Number(answer.slice(9, 12)), answer, seen: [...origin.seen] };
}

const head = (line: string, ...fields: string[]): string => [line, "Host: h", ...fields, "", ""].join("\r\n");

test.each([
  ["a length and chunks", head("PUT / HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n"],
  ["two different lengths", head("PUT / HTTP/1.1", "Content-Length: 5", "Content-Length: 6") + "hello"],
  ["a length that is no number", head("PUT / HTTP/1.1", "Content-Length: 5x") + "hello"],
  ["a negative length", head("PUT / HTTP/1.1", "Content-Length: -5") + "hello"],
  ["an unknown transfer coding", head("PUT / HTTP/1.1", "Transfer-Encoding: chunked, magic")],
  ["a space before a colon", head("PUT / HTTP/1.1", "Content-Length : 5") + "hello"],
  ["a folded header", head("GET / HTTP/1.1", "X-A: b", " c")],
  ["no host", "GET / HTTP/1.1\r\n\r\n"],
  ["two hosts", head("GET / HTTP/1.1", "Host: other")],
  ["an asterisk for a path", head("OPTIONS * HTTP/1.1")],
  ["a fragment", head("GET /a#b HTTP/1.1")],
  ["no HTTP at all", "hello\r\n\r\n"],
])("%s is refused with 400 and not passed on", async (_, request) => {
  const { status, seen } = await answerTo(request);
  expect(status).toBe(400);
  expect(seen).toEqual([]);
  const next = await rawRequest(edge.port, head("GET / HTTP/1.1"));
  expect(next).toMatch(/^HTTP\/1\.1 200 /);
});

test("headers that do not end are answered 408, and the connection is closed", async () => {
  const slow = await startEdge(PASS_THROUGH, {
    origin: { url: origin.url },
    limits: { headersMs: 100 },
    whenDone: afterAll,
  });
  expect(await rawRequest(slow.port, "PUT / HTTP/1.1\r\nHost: h\r\nX-A")).toMatch(/^HTTP\/1\.1 408 /);
});

test("a truncated chunked body never becomes a complete request", async () => {
  const { status, seen } = await answerTo(
    head("PUT / HTTP/1.1", "Transfer-Encoding: chunked") + "5\r\nhello\r\nXYZ\r\n",
  );
  expect(status).toBe(400);
  expect(seen).toEqual([]);
});

test("a URL of 8,192 bytes passes, scheme and host counted; one byte more is 413 and ends the connection", async () => {
  const room = 8_192 - "https://h/".length;
  expect((await answerTo(head(`GET /${"a".repeat(room)} HTTP/1.1`))).status).toBe(200);
  const { status, seen, answer } = await answerTo(head(`GET /${"a".repeat(room + 1)} HTTP/1.1`));
  expect(status).toBe(413);
  expect(answer).toContain("\r\nConnection: close\r\n");
  expect(seen).toEqual([]);
});

test("a request head of 20,480 bytes passes and one byte more is 413", async () => {
  const bare = head("GET / HTTP/1.1", "X-Fill: ").length;
  expect((await answerTo(head("GET / HTTP/1.1", `X-Fill: ${"a".repeat(20_480 - bare)}`))).status).toBe(200);
  expect((await answerTo(head("GET / HTTP/1.1", `X-Fill: ${"a".repeat(20_481 - bare)}`))).status).toBe(413);
});

test("a far longer request head is 413 too", async () => {
  expect((await answerTo(head("GET / HTTP/1.1", `X-Fill: ${"a".repeat(100_000)}`))).status).toBe(413);
});

test.each(["GET", "HEAD"])("%s with a body is 403", async (method) => {
  const { status, seen } = await answerTo(head(`${method} / HTTP/1.1`, "Content-Length: 5") + "hello");
  expect(status).toBe(403);
  expect(seen).toEqual([]);
});

test.each(["TRACE", "PROPFIND", "PURGE"])("the method %s is 403", async (method) => {
  expect((await answerTo(head(`${method} / HTTP/1.1`))).status).toBe(403);
});

test.each(["GET", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"])("the method %s reaches the origin", async (method) => {
  const { status, seen } = await answerTo(head(`${method} / HTTP/1.1`));
  expect(status).toBe(200);
  expect(seen).toEqual([expect.objectContaining({ method, url: "/", body: "" })]);
});
