import {
  type ClaimOutcome,
  createBearerAuthorizer,
  everybody,
  type OneObjectOutcome,
  PresignOnceError,
} from "@presign-once/core";
import { createInMemoryHistory, createInMemorySink, type InMemoryUploads } from "@presign-once/core/testing";
import { describe, expect, onTestFinished, test } from "vitest";

import { codeOf, createInMemoryRelay, ORIGIN, RELAY, streamOf } from "../test/in-memory-relay.ts";
import { createRelay } from "./relay.ts";

const SHA256_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

describe("an upload", () => {
  test("is stored once with its granted headers and metadata, and answered like S3", async () => {
    const relay = createInMemoryRelay();
    const grant = await relay.grant(
      `content-type=text/plain&filename=a%20b.txt&sha256=${SHA256_OF_HELLO}&max-bytes=5&content-length=5`,
    );
    const headersOfClient = { ...grant.headers, "content-length": "5" };
    const first = await relay.upload(grant.url, { body: "hello", headers: headersOfClient });
    expect([first.status, await first.text()]).toEqual([200, ""]);
    expect(first.headers.get("etag")).toBe(`"${SHA256_OF_HELLO}"`);
    expect(first.headers.get("cache-control")).toBe("no-store");
    const { bytes, headers, metadata } = relay.objects.get(grant.key)!;
    expect(Buffer.from(bytes).toString()).toBe("hello");
    expect(headers).toEqual([["content-type", "text/plain"]]);
    expect(metadata).toEqual({ filename: "a%20b.txt", "presign-once-id": "1" });

    const second = await relay.upload(grant.url, { body: "hello", headers: headersOfClient });
    expect([second.status, await codeOf(second)]).toEqual([403, "UrlAlreadyUsed"]);
    expect(relay.asked.stores).toBe(1);
  });

  test("may use POST, and chunks without a declared length", async () => {
    const relay = createInMemoryRelay();
    const { url, key } = await relay.grant();
    const body = streamOf(["he", "llo"]);
    expect((await relay.upload(url, { method: "POST", body, duplex: "half" })).status).toBe(200);
    expect(Buffer.from(relay.objects.get(key)!.bytes).toString()).toBe("hello");
  });

  test("may be empty", async () => {
    const relay = createInMemoryRelay();
    const { url, key } = await relay.grant("content-length=0");
    const headers = { "content-length": "0" };
    expect((await relay.handle(new Request(url, { method: "PUT", headers }))).status).toBe(200);
    expect(relay.objects.get(key)?.bytes).toHaveLength(0);
  });

  test("is stored once of 32 with one URL, and 31 are refused as used", async () => {
    const relay = createInMemoryRelay();
    const { url } = await relay.grant();
    const answers = await Promise.all(Array.from({ length: 32 }, () => relay.upload(url)));
    const codes = await Promise.all(answers.map(async (answer) => (answer.status === 200 ? "stored" : codeOf(answer))));
    expect(codes.filter((code) => code === "stored")).toHaveLength(1);
    expect(codes.filter((code) => code === "UrlAlreadyUsed")).toHaveLength(31);
    expect(relay.objects.size).toBe(1);
  });
});

describe("refuses before the claim, keeps the URL usable, and does not read the body:", () => {
  const cases: [what: string, init: RequestInit, status: number, code: string][] = [
    ["another method", { method: "DELETE" }, 405, "MethodNotAllowed"],
    ["more bytes than granted", { headers: { "content-length": "11" } }, 400, "EntityTooLarge"],
    ["a header that was not granted", { headers: { "x-amz-acl": "public-read" } }, 400, "InvalidRequest"],
    [
      "a form",
      { method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" } },
      400,
      "InvalidRequest",
    ],
  ];
  test.each(cases)("%s", async (_, init, status, code) => {
    const relay = createInMemoryRelay();
    const { url } = await relay.grant("max-bytes=10");
    let pulled = false;
    const stream = new ReadableStream({ pull: () => void (pulled = true) }, { highWaterMark: 0 });
    const answer = await relay.upload(url, { body: stream, duplex: "half", ...init });
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
    expect([pulled, stream.locked, relay.asked.claims]).toEqual([false, false, 0]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await relay.upload(url)).status).toBe(200);
  });

  test("a HEAD, which has no body", async () => {
    const relay = createInMemoryRelay();
    const { url } = await relay.grant();
    const answer = await relay.handle(new Request(url, { method: "HEAD" }));
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "PUT, POST, OPTIONS"]);
    expect(relay.asked.claims).toBe(0);
  });

  test("a URL with anything added, changed or expired", async () => {
    const relay = createInMemoryRelay();
    const { url } = await relay.grant("expires-in=60");
    for (const other of [
      `${url}?a=b`,
      `${url}?`,
      `${url}#x`,
      `${RELAY}/x/..${url.slice(RELAY.length)}?`,
      `${url}/`,
      url.replace("/u/", "/u/%41"),
      `${RELAY}/u/`,
      `${url.slice(0, -64)}${"0".repeat(64)}`,
    ])
      expect(await codeOf(await relay.upload(other))).toMatch(/^(InvalidRequest|UrlUnknown)$/);
    relay.clock.advance(60);
    expect(await codeOf(await relay.upload(url))).toBe("UrlExpired");
    expect(relay.asked.claims).toBe(0);
  });

  test("answers in JSON if the client asks for it", async () => {
    const relay = createInMemoryRelay({ requestId: () => "some-id" });
    const answer = await relay.upload(`${RELAY}/u/x`, { headers: { accept: "application/json" } });
    expect(await answer.json()).toEqual({
      code: "InvalidRequest",
      message: "The URL ends in no token. This request did not use the URL up.",
      requestId: "some-id",
    });
  });
});

describe("a relay at maxConcurrentUploads", () => {
  async function fill() {
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    async function* held(): AsyncGenerator<string> {
      yield "hel";
      await finished;
      yield "lo";
    }
    const relay = createInMemoryRelay({ maxConcurrentUploads: 1 });
    const [first, second] = [await relay.grant(), await relay.grant()];
    const uploading = relay.upload(first.url, { body: streamOf(held()), duplex: "half" });
    await expect.poll(() => relay.progress.length).toBe(1);
    return { relay, first, second, uploading, finish };
  }

  test("refuses another upload with 503, keeps its URL usable, and accepts it when a slot is free", async () => {
    const { relay, second, uploading, finish } = await fill();
    const busy = await relay.upload(second.url);
    expect([busy.status, await codeOf(busy), busy.headers.get("retry-after")]).toEqual([503, "SlowDown", "2"]);
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "busy", hash: expect.any(String) });
    expect(relay.asked.claims).toBe(1);
    finish();
    expect((await uploading).status).toBe(200);
    expect((await relay.upload(second.url)).status).toBe(200);
  });

  test("frees the slot of an upload that the index refuses", async () => {
    const relay = createInMemoryRelay({ maxConcurrentUploads: 1 });
    const { url } = await relay.grant();
    for (const status of [200, 403, 403]) expect((await relay.upload(url)).status).toBe(status);
    expect((await relay.upload((await relay.grant()).url)).status).toBe(200);
  });

  test("frees the slot of an upload whose claim fails", async () => {
    let claims = 0;
    const relay = createInMemoryRelay({
      maxConcurrentUploads: 1,
      claim: () => {
        if (claims++ === 0) throw new Error("against its contract");
        return { status: "claimed" };
      },
    });
    expect((await relay.upload((await relay.grant()).url)).status).toBe(503);
    expect((await relay.upload((await relay.grant()).url)).status).toBe(200);
  });
});

describe("refuses an upload whose body was touched before the relay, and keeps the URL usable:", () => {
  const put = (url: string, init: RequestInit & { duplex?: "half" } = {}) =>
    new Request(url, { method: "PUT", body: "hello", headers: { "content-length": "5" }, ...init });
  const cases: [what: string, spoil: (url: string) => Request | Promise<Request>, cause: string][] = [
    ["a body that was read", async (url) => read(put(url), (request) => request.text()), "other code has read it"],
    [
      "a body that was read in part, and let go",
      (url) =>
        read(put(url, { body: streamOf(["he", "llo"]), duplex: "half" }), async ({ body }) => {
          const reader = body!.getReader();
          await reader.read();
          reader.releaseLock();
        }),
      "other code has read it",
    ],
    [
      "a body of unknown length that was thrown away",
      (url) => read(put(url, { body: streamOf(["hello"]), duplex: "half", headers: {} }), ({ body }) => body!.cancel()),
      "other code has read it",
    ],
    ["a body that is being read", (url) => read(put(url), ({ body }) => body!.getReader()), "other code is reading it"],
    [
      "a length without a body",
      (url) => new Request(url, { method: "PUT", headers: { "content-length": "5" } }),
      "the headers announce one, and the request has none",
    ],
    [
      "chunks without a body",
      (url) => new Request(url, { method: "POST", headers: { "transfer-encoding": "chunked" } }),
      "the headers announce one, and the request has none",
    ],
  ];
  async function read(request: Request, how: (request: Request) => unknown): Promise<Request> {
    await how(request);
    return request;
  }

  test.each(cases)("reports %s as a fault of the code in front of the relay", async (_, spoil, cause) => {
    const relay = createInMemoryRelay();
    const { url } = await relay.grant();
    const answer = await relay.handle(await spoil(url));
    expect([answer.status, await codeOf(answer)]).toEqual([500, "InternalError"]);
    expect(await answer.text()).toContain("This request did not use the URL up.");
    expect(relay.lines.at(-1)).toMatchObject({
      ...{
        presignOnce: "relay",
        outcome: "body-taken",
        hash: expect.any(String),
        cause: `BODY_REFUSED: body: ${cause}`,
      },
    });
    expect(relay.asked.claims).toBe(0);
    expect((await relay.upload(url)).status).toBe(200);
  });

  test("a client that disconnected, also while its tag was verified", async () => {
    const gone = new AbortController();
    const relay = createInMemoryRelay();
    const { url } = await relay.grant();
    const stream = streamOf(["hello"]);
    const answering = relay.upload(url, { body: stream, duplex: "half", signal: gone.signal });
    gone.abort();
    for (const answer of [await answering, await relay.upload(url, { signal: gone.signal })])
      expect([answer.status, await codeOf(answer)]).toEqual([400, "RequestTimeout"]);
    expect(relay.lines.slice(-2)).toMatchObject([{ outcome: "client-gone" }, { outcome: "client-gone" }]);
    expect([relay.asked.claims, stream.locked]).toEqual([0, false]);
    expect((await relay.upload(url)).status).toBe(200);
  });

  test("cancels the body if the index refuses the upload", async () => {
    const relay = createInMemoryRelay({ claim: () => ({ status: "unknown" }) });
    const { url } = await relay.grant();
    const stream = streamOf(["hello"]);
    expect(await codeOf(await relay.upload(url, { body: stream, duplex: "half" }))).toBe("UrlUnknown");
    expect(stream.locked).toBe(false);
  });
});

describe("an upload that fails after the claim", () => {
  const failed = { status: "failed", mayBeStored: false, leftBehind: false, cause: "simulated" } as const;
  const drained =
    (outcome: object) =>
    async (_: unknown, body: AsyncIterable<Uint8Array>): Promise<never> => {
      for await (const _chunk of body);
      return outcome as never;
    };
  const cases: [
    outcome: string,
    options: Parameters<typeof createInMemoryRelay>[0],
    query: string,
    init: RequestInit & { duplex?: "half" },
    status: number,
    code: string,
  ][] = [
    ["too-large", {}, "max-bytes=4", { body: streamOf(["he", "llo"]), duplex: "half" }, 400, "EntityTooLarge"],
    ["too-large", { sinkBytes: 4 }, "", { body: streamOf(["he", "llo"]), duplex: "half" }, 400, "EntityTooLarge"],
    [
      "wrong-length",
      {},
      "",
      { body: streamOf(["hi"]), duplex: "half", headers: { "content-length": "5" } },
      400,
      "IncompleteBody",
    ],
    ["digest-mismatch", {}, `sha256=${"0".repeat(64)}`, {}, 400, "BadDigest"],
    ["stalled", { idleSeconds: 0.05 }, "", { body: new ReadableStream({}), duplex: "half" }, 400, "RequestTimeout"],
    ["occupied", { store: drained({ status: "occupied", leftBehind: false }) }, "", {}, 412, "PreconditionFailed"],
    ["store-failed", { store: drained(failed) }, "", {}, 502, "UploadFailed"],
    ["store-undecided", { store: drained({ ...failed, mayBeStored: true }) }, "", {}, 502, "UploadUndecided"],
    ["store-undecided", { store: async () => ({ status: "stored", etag: '"0"' }) }, "", {}, 502, "UploadUndecided"],
    ["store-undecided", { store: () => Promise.reject(new Error("planted")) }, "", {}, 502, "UploadUndecided"],
  ];
  test.each(cases)(
    "%s: answers that the URL is used up, and what to do",
    async (outcome, options, query, init, status, code) => {
      const relay = createInMemoryRelay(options);
      const { url, headers, key } = await relay.grant(query);
      const body = init.body === undefined ? { body: "hello", headers: { ...headers, "content-length": "5" } } : {};
      const answer = await relay.upload(url, { ...body, ...init });
      expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
      expect(await answer.text()).toContain("This URL is used up: ask for a new one.");
      expect(answer.headers.has("retry-after")).toBe(false);
      expect(relay.objects.has(key)).toBe(false);
      expect(relay.lines.at(-1)).toMatchObject({ presignOnce: "relay", outcome, grant: "1" });
      const again = new Request(url, { method: "PUT", headers: { ...headers, "content-length": "0" } });
      expect(await codeOf(await relay.handle(again))).toBe("UrlAlreadyUsed");
    },
  );

  test("too-large: names the limit in bytes", async () => {
    const relay = createInMemoryRelay();
    const { url } = await relay.grant("max-bytes=4");
    const answer = await relay.upload(url, { body: streamOf(["he", "llo"]), duplex: "half" });
    expect(await answer.text()).toContain(
      "The upload brought more than the 4 bytes that it may bring. Nothing was stored.",
    );
  });

  test("broken-off: its client disconnected, and gets no answer", async () => {
    const relay = createInMemoryRelay();
    const { url, key } = await relay.grant();
    const gone = new AbortController();
    async function* silent(): AsyncGenerator<string> {
      yield "hello";
      gone.abort();
      await new Promise(() => {});
    }
    await relay.upload(url, { body: streamOf(silent()), duplex: "half", signal: gone.signal });
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "broken-off", bytes: 5 });
    expect(relay.objects.has(key)).toBe(false);
  });

  test("store-undecided: a wrong body that the sink may have stored", async () => {
    const careless = async (_: unknown, body: AsyncIterable<Uint8Array>): Promise<never> => {
      await drained({})(_, body).catch(() => {});
      return { ...failed, mayBeStored: true } as never;
    };
    const relay = createInMemoryRelay({ store: careless });
    const { url } = await relay.grant("max-bytes=4");
    expect(await codeOf(await relay.upload(url, { body: streamOf(["hello"]), duplex: "half" }))).toBe(
      "UploadUndecided",
    );
  });

  test("cancels the body if the sink gives up while it waits for the client", async () => {
    const hasty = async (_: unknown, body: AsyncIterable<Uint8Array>): Promise<never> => {
      body[Symbol.asyncIterator]()
        .next()
        .catch(() => {});
      return failed as never;
    };
    const relay = createInMemoryRelay({ store: hasty });
    const stream = new ReadableStream({});
    const { url } = await relay.grant();
    await relay.upload(url, { body: stream, duplex: "half" });
    await expect.poll(() => stream.locked).toBe(false);
  });

  test("logs leftBehind if the sink could not remove parts", async () => {
    const relay = createInMemoryRelay({ store: drained({ ...failed, leftBehind: true }) });
    await relay.upload((await relay.grant()).url);
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "store-failed", leftBehind: true, cause: "unknown" });
  });
});

describe("an undecided claim", () => {
  const cases: [outcome: ClaimOutcome | Error, code: string, retry: string | null][] = [
    [{ status: "indeterminate", mayHaveLanded: false, cause: 0 }, "SlowDown", "2"],
    [{ status: "indeterminate", mayHaveLanded: true, cause: 0 }, "ClaimUndecided", null],
    [new Error("an index that throws, against its contract"), "ClaimUndecided", null],
  ];
  test.each(cases)("%o is refused, and nothing is stored", async (outcome, code, retry) => {
    const claim = () => (outcome instanceof Error ? Promise.reject(outcome) : outcome);
    const relay = createInMemoryRelay({ claim });
    const answer = await relay.upload((await relay.grant()).url);
    expect([answer.status, await codeOf(answer), answer.headers.get("retry-after")]).toEqual([503, code, retry]);
    expect(relay.asked.stores).toBe(0);
  });
});

describe("the log", () => {
  test("has a line for each decision and each end, without URL, token, header or secret", async () => {
    const relay = createInMemoryRelay({ requestId: () => "some-id" });
    const { url } = await relay.grant("filename=planted.txt");
    const headers = { "x-amz-meta-filename": "planted.txt", "content-length": "5" };
    await relay.upload(url, { body: "hello", headers });
    await relay.upload(url, { body: "hello", headers });
    const hash = expect.stringMatching(/^[0-9a-f]{12}$/);
    const claimant = expect.stringMatching(/^[0-9a-f]{32}$/);
    const of = { presignOnce: "relay", requestId: "some-id", hash };
    expect(relay.lines).toEqual([
      { ...of, presignOnce: "issue", outcome: "issued", grant: "1" },
      { ...of, outcome: "accepted", grant: "1", claimant, s3Ms: 0 },
      { ...of, outcome: "stored", grant: "1", bytes: 5, ms: 0 },
      { ...of, outcome: "already-claimed", claimant, s3Ms: 0, attempts: 0 },
    ]);
    expect(relay.text()).not.toMatch(/planted|relay\.example|\/u\//);
    expect(relay.text()).not.toContain(url.slice(-64));
  });

  test("that fails, an observer that throws and a failed id do not affect an upload", async () => {
    const fail = (): never => {
      throw new Error("simulated");
    };
    const relay = createInMemoryRelay({ writeLine: fail, onProgress: fail, requestId: fail });
    expect((await relay.upload((await relay.grant()).url)).status).toBe(200);
  });

  test("that fails later, and an observer that rejects later, do not affect an upload", async () => {
    const untaken: unknown[] = [];
    const note = (reason: unknown): void => void untaken.push(reason);
    process.on("unhandledRejection", note);
    onTestFinished(() => void process.off("unhandledRejection", note));
    const fail = (): unknown => Promise.reject(new Error("simulated"));
    const relay = createInMemoryRelay({ writeLine: fail, onProgress: fail });
    expect((await relay.upload((await relay.grant()).url)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 10)); // Node tells of them when all microtasks are done
    expect(untaken).toEqual([]);
  });
});

test("reports the progress of each upload", async () => {
  const relay = createInMemoryRelay({ requestId: () => "some-id" });
  const known = await relay.grant();
  await relay.upload(known.url);
  const unknown = await relay.grant();
  await relay.upload(unknown.url, { body: streamOf(["he", "llo"]), duplex: "half" });
  const of = { requestId: "some-id" };
  expect(relay.progress).toEqual([
    { ...of, id: "1", key: known.key, loadedBytes: 5, totalBytes: 5 },
    { ...of, id: "2", key: unknown.key, loadedBytes: 2, totalBytes: undefined },
    { ...of, id: "2", key: unknown.key, loadedBytes: 5, totalBytes: undefined },
  ]);
});

test("asks the platform to wait for started uploads only", async () => {
  const relay = createInMemoryRelay();
  const { url } = await relay.grant();
  const work: Promise<unknown>[] = [];
  const send = () =>
    relay.handle(new Request(url, { method: "PUT", body: "hello", headers: { "content-length": "5" } }), {
      waitUntil: (promise) => void work.push(promise),
    });
  await send();
  await send();
  expect(work).toHaveLength(1);
  await Promise.all(work);
});

describe("pages of other origins", () => {
  test("may issue and upload if allowed, and read the answers", async () => {
    const relay = createInMemoryRelay();
    const { url } = await relay.grant();
    const origin = { origin: ORIGIN };
    const asking = {
      ...origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    };
    const preflight = await relay.handle(new Request(url, { method: "OPTIONS", headers: asking }));
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("PUT, POST");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type");
    const upload = { headers: { ...origin, "content-length": "5" }, body: "hello" };
    for (const answer of [await relay.upload(url, upload), await relay.upload(url, upload)]) {
      expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
      expect(answer.headers.get("access-control-expose-headers")).toContain("ETag");
    }
    expect(relay.asked.claims).toBe(1); // the second is refused from memory
  });

  test("get no CORS headers if not allowed", async () => {
    const relay = createInMemoryRelay();
    const asking = { origin: "https://other.example", "access-control-request-method": "PUT" };
    const { url } = await relay.grant();
    const preflight = await relay.handle(new Request(url, { method: "OPTIONS", headers: asking }));
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    expect(relay.asked.claims).toBe(0);
  });
});

describe("issuing", () => {
  test("answers with the URL as text or the grant as JSON, and forbids caching", async () => {
    const relay = createInMemoryRelay();
    const text = await relay.handle(new Request(`${RELAY}/url`));
    expect([text.status, text.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(await text.text()).toMatch(/^https:\/\/relay\.example\/u\/[\w-]+\.k1\.[0-9a-f]{64}$/);
    expect(text.headers.get("cache-control")).toBe("no-store");
    expect(await relay.grant("content-type=text/plain")).toEqual({
      id: "2",
      url: expect.stringContaining(`${RELAY}/u/`),
      method: "PUT",
      headers: { "content-type": "text/plain" },
      key: "uploads/2",
      expiresAt: "2026-01-01T00:15:00.000Z",
    });
  });

  test("checks the caller and the parameters", async () => {
    const digest = "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"; // of "token"
    const authorizer = createBearerAuthorizer([{ name: "ci", sha256: digest }]);
    const relay = createInMemoryRelay({ authorizer, maxBytes: 10 });
    const ask = (query: string, headers = {}) => relay.handle(new Request(`${RELAY}/url?${query}`, { headers }));
    expect((await ask("")).status).toBe(401);
    const known = { authorization: "Bearer token" };
    expect(await codeOf(await ask("max-bytes=11", known))).toBe("InvalidArgument");
    expect((await ask("max-bytes=10", known)).status).toBe(200);
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "issued", subject: "ci" });
  });

  test("limits the bytes to the sink's limit, unless maxBytes is set", async () => {
    const relay = createInMemoryRelay({ sinkBytes: 10 });
    const ask = (query: string) => relay.handle(new Request(`${RELAY}/url?${query}`));
    expect((await ask("max-bytes=10")).status).toBe(200);
    expect(await codeOf(await ask("max-bytes=11"))).toBe("InvalidArgument");
  });

  test("answers a fault without details, and logs its code", async () => {
    const authorizer = { authorize: () => Promise.reject(new PresignOnceError("CONFIG_INVALID", "simulated")) };
    const relay = createInMemoryRelay({ authorizer });
    const answer = await relay.handle(new Request(`${RELAY}/url`, { headers: { accept: "application/json" } }));
    expect([answer.status, await answer.json()]).toMatchObject([500, { code: "InternalError" }]);
    expect(relay.lines).toMatchObject([{ outcome: "fault", cause: "CONFIG_INVALID: simulated" }]);
  });

  test("uses baseUrl, or the origin of the request", async () => {
    const told = createInMemoryRelay({ baseUrl: "https://uploads.example", basePath: "/api" });
    const { url } = await told.grant();
    expect(url).toMatch(/^https:\/\/uploads\.example\/api\/u\//);
    expect((await told.upload(url.replace("uploads", "relay"))).status).toBe(200);
    expect(await codeOf(await told.handle(new Request(`${RELAY}/url`)))).toBe("NotFound");
    expect((await createInMemoryRelay().handle(new Request(`${RELAY}/other`))).status).toBe(404);
  });
});

describe("with retries, until an object is stored,", () => {
  const secret = "s".repeat(22);
  const sent = (by?: string): RequestInit => ({
    body: "hello",
    headers: { "content-length": "5", ...(by === undefined ? {} : { "x-presign-once-client": by }) },
  });
  /** A relay with a store that fails while `down` is true. */
  function createRelayThatMayFail() {
    const stored: InMemoryUploads = new Map();
    const state = { down: true };
    const relay = createInMemoryRelay({
      requireNew: true,
      retries: { history: createInMemoryHistory(stored), leaseSeconds: 60 },
      store: async ({ key }, body) => {
        for await (const chunk of body) void chunk;
        if (state.down) return { status: "failed", mayBeStored: false, leftBehind: false, cause: new Error("planted") };
        stored.set(key, { etag: '"x"', bytes: 5 });
        return { status: "stored", etag: '"x"' };
      },
    });
    return { relay, state };
  }

  test("only the first client may send again", async () => {
    const { relay, state } = createRelayThatMayFail();
    const { url, retries } = await relay.grant("retries=same-client");
    expect(retries).toBe("same-client");
    const broken = await relay.upload(url, sent(secret));
    expect(broken.status).toBe(502);
    expect(await broken.text()).toContain("Send it to the same URL again, with the same x-presign-once-client.");
    for (const thief of [undefined, "t".repeat(22)])
      expect(await codeOf(await relay.upload(url, sent(thief)))).toBe("UrlAlreadyUsed");
    state.down = false;
    expect((await relay.upload(url, sent(secret))).status).toBe(200);
    expect(relay.lines.at(-2)).toMatchObject({ outcome: "accepted", repeated: true });
    const again = await relay.upload(url, {
      body: "hello",
      headers: { "content-length": "5", "x-presign-once-client": secret, origin: ORIGIN },
    });
    expect([again.status, again.headers.get("etag"), again.headers.get("x-presign-once-already-stored")]).toEqual([
      200,
      '"x"',
      "true",
    ]);
    expect(again.headers.get("access-control-expose-headers")).toContain("X-Presign-Once-Already-Stored");
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "already-stored" });
    const another = { body: "other!", headers: { "content-length": "6", "x-presign-once-client": secret } };
    expect(await codeOf(await relay.upload(url, another))).toBe("UploadAlreadyStored");
    expect(relay.text()).not.toContain(secret);
  });

  test("the lease ends on time", async () => {
    const { relay } = createRelayThatMayFail();
    const { url } = await relay.grant("retries=same-client");
    await relay.upload(url, sent(secret));
    relay.clock.advance(60);
    expect(await codeOf(await relay.upload(url, sent(secret)))).toBe("UrlAlreadyUsed");
  });

  test("a client without a secret has used its URL up, and the answer says so", async () => {
    const { relay } = createRelayThatMayFail();
    const { url } = await relay.grant("retries=same-client");
    expect(await (await relay.upload(url, sent())).text()).toContain("This URL is used up");
    expect(await codeOf(await relay.upload(url, sent()))).toBe("UrlAlreadyUsed");
  });

  test("a secret for a URL without retries is refused, and a relay without retries grants none", async () => {
    const { relay, state } = createRelayThatMayFail();
    state.down = false;
    const { url } = await relay.grant();
    expect(await codeOf(await relay.upload(url, sent(secret)))).toBe("InvalidRequest");
    expect((await relay.upload(url, sent())).status).toBe(200);
    await expect(createInMemoryRelay().grant("retries=same-client")).rejects.toThrow("no retries are offered");
  });
});

describe("with retries on a store that is not proven to keep one object,", () => {
  const secret = { "content-length": "5", "x-presign-once-client": "s".repeat(22) };

  test.each<[OneObjectOutcome, string, string, string]>([
    [{ status: "broken", seen: "two" }, "InvalidArgument", "InvalidRequest", "retries-broken"],
    [{ status: "undecided", cause: 0 }, "SlowDown", "SlowDown", "retries-undecided"],
  ])("none are granted or accepted, and the URL stays usable: %j", async (outcome, whenAsked, whenSent, logged) => {
    const history = createInMemoryHistory();
    const room = createInMemorySink({ requireNew: true });
    const unproven = createInMemoryRelay({
      sink: { ...room, proveOneObject: async () => outcome },
      retries: { history, leaseSeconds: 60 },
    });
    const asked = await unproven.handle(new Request(`${RELAY}/url?retries=same-client`));
    expect([asked.ok, await codeOf(asked)]).toEqual([false, whenAsked]);
    expect((await unproven.grant()).retries).toBeUndefined();
    expect(unproven.lines[0]).toMatchObject({ presignOnce: "relay", outcome: logged });

    let proven: OneObjectOutcome = { status: "proven" };
    const relay = createInMemoryRelay({
      requireNew: true,
      retries: { history, leaseSeconds: 60, provenToKeepOne: async () => proven },
    });
    const { url } = await relay.grant("retries=same-client");
    proven = outcome;
    expect(await codeOf(await relay.upload(url, { body: "hello", headers: secret }))).toBe(whenSent);
    expect(relay.asked.claims).toBe(0);
    expect((await relay.upload(url)).status).toBe(200);
  });
});

describe("refuses an invalid option by name:", () => {
  const whole = {
    index: { register: async () => ({}), claim: async () => ({}) } as never,
    keys: { verifyTag: async () => undefined, tag: async () => "" } as never,
    sink: { store: async () => ({}), maxDeclaredBytes: 1, maxUndeclaredBytes: 1 } as never,
    authorizer: everybody,
  };
  const cases: [option: string, changes: object][] = [
    ["index", { index: undefined }],
    ["keys", { keys: [{ id: "k1" }] }],
    ["sink", { sink: {} }],
    ["authorizer", { authorizer: undefined }],
    ["basePath", { basePath: "api" }],
    ["basePath", { basePath: "/api/" }],
    ["keyPrefix", { keyPrefix: "uploads" }],
    ["baseUrl", { baseUrl: "https://uploads.example/" }],
    ["baseUrl", { baseUrl: "uploads.example" }],
    ["expiresInSeconds", { expiresInSeconds: 0 }],
    ["subjectMetadata", { subjectMetadata: "filename" }],
    ["subjectMetadata", { subjectMetadata: "presign-once-id" }],
    ["subjectMetadata", { subjectMetadata: "presign-once-attempt" }],
    ["subjectMetadata", { subjectMetadata: "A" }],
    ["subjectMetadata: expected none with the authorizer everybody", { subjectMetadata: "uploaded-by" }],
    ["expiresInSeconds", { expiresInSeconds: 61, maxExpiresInSeconds: 60 }],
    ["maxExpiresInSeconds", { maxExpiresInSeconds: 604_771 }],
    ["maxBytes", { maxBytes: 1.5 }],
    ["corsOrigins", { corsOrigins: "https://app.example" }],
    ["corsOrigins", { corsOrigins: ["https://app.example/"] }],
    ["corsCredentials", { corsCredentials: "true" }],
    ["corsCredentials", { corsOrigins: ["*"], corsCredentials: true }],
    ["corsCredentials", { corsOrigins: ["https://app.example", "*"], corsCredentials: true }],
    ["writeLine", { writeLine: "console" }],
    ["requestId", { requestId: "id" }],
    ["onProgress", { onProgress: {} }],
    ["retries.history", { retries: { leaseSeconds: 60 } }],
    ["retries.leaseSeconds", { retries: { history: { wasStored: async () => ({}) }, leaseSeconds: 0 } }],
    ["sink", { retries: { history: { wasStored: async () => ({}) }, leaseSeconds: 60 } }],
    ["idleSeconds", { idleSeconds: 0 }],
    ["idleSeconds", { idleSeconds: Number.NaN }],
  ];
  test.each(cases)("%s: %j", (option, changes) => {
    expect(() => createRelay({ ...whole, ...changes })).toThrow(
      option.includes(":") ? option : new RegExp(`^${option}: expected `),
    );
  });
  test("and one that has none is taken", () => expect(createRelay(whole)).toBeTypeOf("function"));
});
