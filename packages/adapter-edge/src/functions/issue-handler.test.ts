import { type Authorization, type Authorizer, PresignOnceError } from "@presign-once/core";
import { describe, expect, test } from "vitest";

import { SECRET } from "../../../../test/support/edge-settings.ts";
import { REQUEST_ID } from "../../../../test/support/viewer-event.ts";
import { createInMemoryEdge, EDGE, ORIGIN } from "../../test/in-memory-edge.ts";
import { readAnswer, readErrorXml } from "../../test/read-answer.ts";

const JSON_ONLY = ["Accept", "application/json"] as const;
const MINTED = ["presign", "register"];

describe.each(["GET", "POST"])("%s", (method) => {
  test("answers with a URL as text, which works once and must not be cached", async () => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ method }));
    expect([answer.status, answer.headers]).toEqual([
      200,
      { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", vary: "Origin" },
    ]);
    expect(answer.body).toMatch(/^https:\/\/d111111abcdef8\.cloudfront\.net\/uploads\/1\?X-Amz-Algorithm=\S+$/);
    expect(edge.calls).toEqual(MINTED);
    expect(await edge.upload({ url: answer.body })).toHaveProperty("uri", "/uploads/1");
  });

  test("answers with the whole grant for Accept: application/json", async () => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ method, headers: [["Accept", "application/json"]] }));
    expect([answer.status, answer.headers]).toEqual([
      200,
      { "content-type": "application/json", "cache-control": "no-store", vary: "Origin" },
    ]);
    const { url, ...grant } = JSON.parse(answer.body) as Record<string, unknown>;
    expect(grant).toEqual({
      id: "1",
      method: "PUT",
      headers: {},
      key: "uploads/1",
      expiresAt: "2026-01-01T00:15:00.000Z",
    });
    expect(await edge.upload({ url: String(url) })).toHaveProperty("uri", "/uploads/1");
  });
});

test("answers in JSON only to a client that asks for JSON", async () => {
  const edge = createInMemoryEdge();
  const asked: [accept: string, type: string][] = [
    ["*/*", "text/plain; charset=utf-8"],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/plain; charset=utf-8"],
    ["application/jsonp", "text/plain; charset=utf-8"],
    ["Application/JSON; charset=utf-8", "application/json"],
    ["text/plain;q=0.5, application/json", "application/json"],
    ["application/json-patch+json", "text/plain; charset=utf-8"],
    ["application/json;q=0, text/plain", "text/plain; charset=utf-8"],
    ["application/json;q=0.000", "text/plain; charset=utf-8"],
    ["application/json;q=0.001", "application/json"],
    ["", "text/plain; charset=utf-8"],
  ];
  for (const [accept, type] of asked) {
    const { headers } = readAnswer(await edge.askForUrl({ headers: [["Accept", accept]] }));
    expect([accept, headers["content-type"]]).toEqual([accept, type]);
  }
});

test("answers two requests with two URLs", async () => {
  const edge = createInMemoryEdge();
  expect(await edge.issued()).not.toBe(await edge.issued());
  expect(edge.calls).toEqual([...MINTED, ...MINTED]);
});

describe("issues no URL", () => {
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

  test.each(["?expires-in=0", "?%", "?a&b", "?filename", "?sha256=planted"])("for the query %o", async (query) => {
    const edge = createInMemoryEdge();
    const answer = readAnswer(await edge.askForUrl({ url: `${EDGE}/url${query}` }));
    expect([answer.status, readErrorXml(answer.body)["Code"]]).toEqual([400, "InvalidArgument"]);
    expect(edge.calls).toEqual([]);
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

test("uses the requested host for the URL, or the one of the settings", async () => {
  const asked = { url: "https://uploads.example:8443/url" };
  const byHost = readAnswer(await createInMemoryEdge().askForUrl(asked));
  expect(byHost.body).toMatch(/^https:\/\/uploads\.example:8443\/uploads\/1\?/);
  const configured = createInMemoryEdge({ baseUrl: "http://127.0.0.1:8080" });
  expect(readAnswer(await configured.askForUrl(asked)).body).toMatch(/^http:\/\/127\.0\.0\.1:8080\/uploads\/1\?/);
  expect(readAnswer(await configured.askForUrl({ without: ["host"] })).status).toBe(200);
});

test("treats an empty query like none", async () => {
  expect(readAnswer(await createInMemoryEdge().askForUrl({ url: `${EDGE}/url?` })).status).toBe(200);
});

test("puts the requested constraints into the grant and the URL, and enforces them on the upload", async () => {
  const edge = createInMemoryEdge();
  const url = `${EDGE}/url?expires-in=60&content-type=image/png&content-length=5&max-bytes=7&filename=%C3%A9.png`;
  const answer = readAnswer(await edge.askForUrl({ url, headers: [JSON_ONLY] }));
  const grant = JSON.parse(answer.body) as { url: string; headers: Record<string, string> };
  const headers = { "content-type": "image/png", "x-amz-meta-filename": "%C3%A9.png" };
  expect(grant).toMatchObject({ method: "PUT", contentLength: 5, expiresAt: "2026-01-01T00:01:00.000Z" });
  expect(grant.headers, "browsers and Java refuse to set Content-Length").toEqual(headers);
  expect(new URL(grant.url).searchParams.get("x-once-max-bytes")).toBe("7");
  expect(new URL(grant.url).searchParams.get("X-Amz-SignedHeaders")).toBe(
    "content-length;content-type;host;x-amz-meta-filename;x-amz-meta-presign-once-id;x-once-lock",
  );
  expect(readAnswer(await edge.upload({ url: grant.url })).status).toBe(400);
  expect(await edge.upload({ url: grant.url, headers: Object.entries(headers) })).toHaveProperty("uri", "/uploads/1");
});

test("names a refused parameter and its range, in the requested format", async () => {
  const edge = createInMemoryEdge({ limits: { maxExpiresInSeconds: 1_800 } });
  const url = `${EDGE}/url?expires-in=1801`;
  const message = "expires-in: expected a whole number of seconds from 1 to 1800.";
  const xml = readAnswer(await edge.askForUrl({ url }));
  expect([xml.headers["content-type"], readErrorXml(xml.body)]).toEqual([
    "application/xml",
    { Code: "InvalidArgument", Message: message, RequestId: REQUEST_ID },
  ]);
  const json = readAnswer(await edge.askForUrl({ url, headers: [JSON_ONLY] }));
  expect([json.headers["content-type"], JSON.parse(json.body)]).toEqual([
    "application/json",
    { code: "InvalidArgument", message, requestId: REQUEST_ID },
  ]);
  for (const answer of [xml, json]) expect([answer.status, answer.headers["cache-control"]]).toEqual([400, "no-store"]);
  expect(edge.calls).toEqual([]);
});

describe("the authorizer", () => {
  const says = (authorization: Authorization): Authorizer => ({ authorize: async () => authorization });
  const stranger = says({ status: "unauthenticated", challenge: 'Bearer realm="x"' });
  const WRONG = `${EDGE}/url?expires-in=0`;

  test("unauthenticated: answers 401 with the challenge for any request, and issues no URL", async () => {
    for (const url of [`${EDGE}/url`, WRONG, `${EDGE}/url?%`])
      for (const method of ["GET", "POST"]) {
        const edge = createInMemoryEdge({ authorizer: stranger });
        const answer = readAnswer(await edge.askForUrl({ url, method, headers: [["Origin", ORIGIN]] }));
        expect([answer.status, readErrorXml(answer.body)["Code"]]).toEqual([401, "Unauthorized"]);
        expect(answer.headers).toMatchObject({
          "www-authenticate": 'Bearer realm="x"',
          "cache-control": "no-store",
          "access-control-allow-origin": ORIGIN,
        });
        expect(edge.calls).toEqual([]);
        expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
          { presignOnce: "issue", requestId: REQUEST_ID, outcome: "Unauthorized" },
        ]);
      }
  });

  test("forbidden: answers 403, issues no URL, and logs the caller", async () => {
    const edge = createInMemoryEdge({ authorizer: says({ status: "forbidden", subject: "anna" }) });
    const answer = readAnswer(await edge.askForUrl({ url: WRONG, headers: [JSON_ONLY] }));
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([403, undefined]);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "AccessDenied", requestId: REQUEST_ID });
    expect(edge.calls).toEqual([]);
    expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { presignOnce: "issue", requestId: REQUEST_ID, outcome: "AccessDenied", subject: "anna" },
    ]);
  });

  test("runs after the check of the method and before everything else", async () => {
    let asked = 0;
    const authorizer: Authorizer = {
      async authorize() {
        asked++;
        return { status: "unauthenticated", challenge: "x" };
      },
    };
    const edge = createInMemoryEdge({ authorizer });
    for (const method of ["HEAD", "OPTIONS", "PUT", "DELETE"]) await edge.askForUrl({ method });
    expect(asked).toBe(0);
    expect(readAnswer(await edge.askForUrl({ without: ["host"] })).status).toBe(401);
    expect(asked).toBe(1);
    expect(edge.calls).toEqual([]);
  });

  test("gets every header, names in lower case, repeated ones too", async () => {
    const seen: unknown[] = [];
    const authorizer: Authorizer = {
      async authorize({ headers }) {
        seen.push(...headers);
        return { status: "allowed" };
      },
    };
    const headers = [
      ["Authorization", "a"],
      ["X-Key", "k"],
      ["Authorization", "b"],
    ] as const;
    await createInMemoryEdge({ authorizer }).askForUrl({ headers });
    expect(seen).toEqual([
      ["host", "d111111abcdef8.cloudfront.net"],
      ["authorization", "a"],
      ["authorization", "b"],
      ["x-key", "k"],
    ]);
  });

  test.each([true, false, null, {}, { status: "denied" }, { status: "Allowed" }])(
    "that answers %j, against its contract, leads to no URL",
    async (answer) => {
      const authorizer = { authorize: async () => answer } as unknown as Authorizer;
      const edge = createInMemoryEdge({ authorizer });
      await expect(edge.askForUrl()).rejects.toMatchObject({ code: "LAW_BROKEN" });
      expect(edge.calls).toEqual([]);
    },
  );

  test("that fails leads to no URL", async () => {
    const edge = createInMemoryEdge({ authorizer: { authorize: () => Promise.reject(new Error("down")) } });
    await expect(edge.askForUrl()).rejects.toThrow("down");
    expect(edge.calls).toEqual([]);
  });

  test("names the caller in the log only, in 64 characters at most, and never logs the token", async () => {
    const edge = createInMemoryEdge({ authorizer: says({ status: "allowed", subject: `\n"${"x".repeat(100)}` }) });
    const headers = [["Authorization", "Bearer planted-token"], JSON_ONLY] as const;
    const good = readAnswer(await edge.askForUrl({ headers }));
    const bad = readAnswer(await edge.askForUrl({ url: WRONG, headers }));
    expect(edge.lines).toHaveLength(2);
    for (const line of edge.lines) {
      expect(JSON.parse(line)).toMatchObject({ subject: `\n"${"x".repeat(62)}` });
      expect(line).not.toMatch(/\n|planted/);
    }
    for (const answer of [good, bad]) expect(JSON.stringify(answer)).not.toMatch(/planted-token|xxxx/);
  });
});

describe("if the index does not certainly store the hash,", () => {
  const cause = Object.assign(new Error("https://bucket/?X-Amz-Signature=planted"), { name: "TimeoutError" });
  const unavailable = () => createInMemoryEdge({ register: () => ({ status: "indeterminate", cause }) });

  test("answers 503 SlowDown with Retry-After, and no URL", async () => {
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

  test("logs the name of the fault, without the message", async () => {
    const edge = unavailable();
    await edge.askForUrl();
    expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { presignOnce: "issue", requestId: REQUEST_ID, outcome: "unavailable", cause: "TimeoutError" },
    ]);
  });
});

describe("an authorizer that says where a caller's objects go", () => {
  const allowing = (uploads: unknown) => ({ authorize: async () => ({ status: "allowed", uploads }) as Authorization });

  test("puts them there, whatever the request says", async () => {
    const edge = createInMemoryEdge({ authorizer: allowing("tenant-7/") });
    const url = await edge.issued("?extension=jpg");
    expect(new URL(url).pathname).toBe("/uploads/tenant-7/1.jpg");
    for (const query of ["?folder=x/", "?uploads=x/"])
      expect(readAnswer(await edge.askForUrl({ url: `${EDGE}/url${query}` })).status).toBe(400);
  });

  test.each(["../", "tenant-7", "/", 7, null, ["a/"], `${"a".repeat(480)}/`])(
    "issues nothing if it says %j",
    async (uploads) => {
      const edge = createInMemoryEdge({ authorizer: allowing(uploads) });
      await expect(edge.askForUrl()).rejects.toThrow("the authorizer answered with uploads that are no folders");
      expect(edge.store.size).toBe(0);
    },
  );
});

test("if the store refuses the hash for good, answers 500 InternalError and logs what to change", async () => {
  const answered = new Error("https://bucket/?X-Amz-Signature=planted");
  const cause = new PresignOnceError("STORE_REFUSED", "S3 denies access (AccessDenied 403): what to change", {
    cause: answered,
  });
  const edge = createInMemoryEdge({ register: () => ({ status: "indeterminate", cause }) });
  const answer = readAnswer(await edge.askForUrl());
  expect([answer.status, readErrorXml(answer.body)["Code"]]).toEqual([500, "InternalError"]);
  expect(answer.headers).not.toHaveProperty("retry-after");
  expect(answer.body).not.toMatch(/uploads\/|X-Amz|x-once|AccessDenied/);
  expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      presignOnce: "issue",
      requestId: REQUEST_ID,
      outcome: "store-refused",
      cause: "STORE_REFUSED: S3 denies access (AccessDenied 403): what to change",
    },
  ]);
});

test("logs an issued URL in one line, with its id and the start of its hash only", async () => {
  const edge = createInMemoryEdge();
  const url = await edge.issued();
  const [hash] = edge.store.keys();
  expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { presignOnce: "issue", requestId: REQUEST_ID, outcome: "issued", grant: "1", hash: hash?.slice(0, 12) },
  ]);
  const { pathname, searchParams } = new URL(url);
  for (const secret of [pathname, SECRET, ...searchParams.values()]) expect(edge.lines[0]).not.toContain(secret);
});

test("allows pages of configured origins only to read every answer", async () => {
  const edge = createInMemoryEdge();
  const asked = [{}, { method: "HEAD" }, { url: `${EDGE}/url?a=b` }, { without: ["host"] }];
  for (const sent of asked) {
    const allowed = readAnswer(await edge.askForUrl({ ...sent, headers: [["Origin", ORIGIN]] }));
    expect(allowed.headers).toMatchObject({ "access-control-allow-origin": ORIGIN, vary: "Origin" });
    const other = readAnswer(await edge.askForUrl({ ...sent, headers: [["Origin", "https://evil.example"]] }));
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
  }
});
