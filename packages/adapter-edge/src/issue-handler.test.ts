import { describe, expect, test } from "vitest";

import { createInMemoryEdge, EDGE, ORIGIN } from "../test/in-memory-edge.ts";
import { readAnswer, readErrorXml } from "../test/read-answer.ts";
import { SECRET } from "../test/settings.ts";
import { REQUEST_ID } from "../test/viewer-event.ts";

const MINTED = ["presign", "register"];

describe.each(["GET", "POST"])("%s", (method) => {
  test("gets a URL as text, that can be uploaded to once and is kept by no cache", async () => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ method }));
    expect([answer.status, answer.headers]).toEqual([
      200,
      { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    ]);
    expect(answer.body).toMatch(/^https:\/\/d111111abcdef8\.cloudfront\.net\/uploads\/1\?X-Amz-Algorithm=\S+$/);
    expect(edge.calls).toEqual(MINTED);
    expect(await edge.upload({ url: answer.body })).toHaveProperty("uri", "/uploads/1");
  });

  test("with Accept: application/json gets the whole grant", async () => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ method, headers: [["Accept", "application/json"]] }));
    expect([answer.status, answer.headers]).toEqual([
      200,
      { "content-type": "application/json", "cache-control": "no-store" },
    ]);
    const { url, ...grant } = JSON.parse(answer.body) as Record<string, unknown>;
    expect(grant).toEqual({ method: "PUT", headers: {}, key: "uploads/1", expiresAt: "2026-01-01T00:15:00.000Z" });
    expect(await edge.upload({ url: String(url) })).toHaveProperty("uri", "/uploads/1");
  });
});

test("the grant is JSON only for whoever asks for JSON", async () => {
  const edge = createInMemoryEdge();
  const asked: [accept: string, type: string][] = [
    ["*/*", "text/plain; charset=utf-8"],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/plain; charset=utf-8"],
    ["application/jsonp", "text/plain; charset=utf-8"],
    ["Application/JSON; charset=utf-8", "application/json"],
    ["text/plain;q=0.5, application/json", "application/json"],
  ];
  for (const [accept, type] of asked) {
    const { headers } = readAnswer(await edge.askForUrl({ headers: [["Accept", accept]] }));
    expect([accept, headers["content-type"]]).toEqual([accept, type]);
  }
});

test("two requests get two URLs", async () => {
  const edge = createInMemoryEdge();
  expect(await edge.issued()).not.toBe(await edge.issued());
  expect(edge.calls).toEqual([...MINTED, ...MINTED]);
});

describe("nothing is minted", () => {
  test.each(["HEAD", "PUT", "DELETE", "PATCH", "get", ""])("for the method %o", async (method) => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ method }));
    expect([answer.status, answer.headers["allow"]]).toEqual([405, "GET, POST, OPTIONS"]);
    expect(readErrorXml(answer.body)["Code"]).toBe("MethodNotAllowed");
    expect(edge.calls).toEqual([]);
  });

  test("for OPTIONS, a preflight or not", async () => {
    const edge = createInMemoryEdge();
    const preflight = [
      ["Origin", ORIGIN],
      ["Access-Control-Request-Method", "POST"],
    ] as const;
    for (const headers of [[], preflight]) {
      const answer = readAnswer(await edge.askForUrl({ method: "OPTIONS", headers }));
      expect([answer.status, answer.body, answer.headers["allow"]]).toEqual([204, "", "GET, POST, OPTIONS"]);
    }
    expect(edge.calls).toEqual([]);
  });

  test.each(["?", "?expires-in=60", "?%", "?a&b"])("for the query %o, unless it is empty", async (query) => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ url: `${EDGE}/url${query}` }));
    if (query === "?") expect(answer.status).toBe(200);
    else expect([answer.status, readErrorXml(answer.body)["Code"]]).toEqual([400, "InvalidArgument"]);
    expect(edge.calls).toEqual(query === "?" ? MINTED : []);
  });

  const hosts = [
    "",
    "a b",
    "edge.example/path",
    "user@edge.example",
    "edge.example:",
    "edge.example:123456",
    "é.example",
    "[::1]",
    'a"b',
  ];
  test.each([...hosts, "a\r\nb", "edge.example:99999"])("for the Host %o", async (host) => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ without: ["host"], headers: [["Host", host]] }));
    expect([answer.status, readErrorXml(answer.body)["Code"]]).toEqual([400, "InvalidRequest"]);
    expect(edge.calls).toEqual([]);
  });

  test("without a Host, or with two", async () => {
    const edge = createInMemoryEdge();
    for (const sent of [{ without: ["host"] }, { headers: [["Host", "another.example"]] as const }])
      expect(readAnswer(await edge.askForUrl(sent)).status).toBe(400);
    expect(edge.calls).toEqual([]);
  });
});

test("the URL is on the host that was asked, or on the one of the settings", async () => {
  const asked = { url: "https://uploads.example:8443/url" };
  const byHost = readAnswer(await createInMemoryEdge().askForUrl(asked));
  expect(byHost.body).toMatch(/^https:\/\/uploads\.example:8443\/uploads\/1\?/);
  const configured = createInMemoryEdge({ edgeUrl: "http://127.0.0.1:8080" });
  expect(readAnswer(await configured.askForUrl(asked)).body).toMatch(/^http:\/\/127\.0\.0\.1:8080\/uploads\/1\?/);
  expect(readAnswer(await configured.askForUrl({ without: ["host"] })).status).toBe(200);
});

describe("an index that does not take the hash for certain", () => {
  const cause = Object.assign(new Error("https://bucket/?X-Amz-Signature=planted"), { name: "TimeoutError" });
  const unavailable = () => createInMemoryEdge({ register: () => ({ status: "indeterminate", cause }) });

  test("means 503 SlowDown with Retry-After, and no URL", async () => {
    const edge = unavailable();
    const answer = readAnswer(await edge.askForUrl({ headers: [["Origin", ORIGIN]] }));
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({
      "retry-after": "2",
      "cache-control": "no-store",
      "access-control-allow-origin": ORIGIN,
    });
    expect(readErrorXml(answer.body)).toMatchObject({ Code: "SlowDown", RequestId: REQUEST_ID });
    expect(answer.body + JSON.stringify(answer.headers)).not.toMatch(/uploads\/|X-Amz|x-once/);
    expect(edge.calls).toEqual(MINTED);
  });

  test("is logged by the name of its fault, without the message", async () => {
    const edge = unavailable();
    await edge.askForUrl();
    expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { presignOnce: "issue", requestId: REQUEST_ID, outcome: "unavailable", cause: "TimeoutError" },
    ]);
  });
});

test("an issued URL is one log line, with the beginning of its hash and no part of the URL", async () => {
  const edge = createInMemoryEdge();
  const url = await edge.issued();
  const [hash] = edge.store.keys();
  expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { presignOnce: "issue", requestId: REQUEST_ID, outcome: "issued", hash: hash?.slice(0, 12) },
  ]);
  const { pathname, searchParams } = new URL(url);
  for (const secret of [pathname, SECRET, ...searchParams.values()]) expect(edge.lines[0]).not.toContain(secret);
});

test("every answer can be read by a page of a configured origin, and of no other", async () => {
  const edge = createInMemoryEdge();
  const asked = [{}, { method: "HEAD" }, { url: `${EDGE}/url?a=b` }, { without: ["host"] }];
  for (const sent of asked) {
    const allowed = readAnswer(await edge.askForUrl({ ...sent, headers: [["Origin", ORIGIN]] }));
    expect(allowed.headers).toMatchObject({ "access-control-allow-origin": ORIGIN, vary: "Origin" });
    const other = readAnswer(await edge.askForUrl({ ...sent, headers: [["Origin", "https://evil.example"]] }));
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
  }
});
