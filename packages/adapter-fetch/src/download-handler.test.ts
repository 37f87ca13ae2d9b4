import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";

import type { ClaimOutcome, DownloadSource, SourceOutcome } from "@presign-once/core";
import { expect, onTestFinished, test, vi } from "vitest";

import { createInMemoryRelay, RELAY } from "../test/in-memory-relay.ts";
import { createNodeListener } from "./node/node-listener.ts";

const KEY = "uploads/a b/é.pdf";
const PAGE = { accept: "text/html,*/*;q=0.8" };

/** What a source is asked for. */
type Opened = Parameters<DownloadSource["open"]>[0];

/** A relay that offers downloads, and what its source was asked. */
function createDownloads(
  given: {
    readonly body?: string;
    readonly open?: (opened: number) => SourceOutcome | undefined;
    readonly claim?: () => ClaimOutcome;
    readonly basePath?: string;
    readonly downloads?: readonly string[];
  } = {},
) {
  const { body = "the file", open, claim, basePath = "", downloads = [""] } = given;
  const opened: Opened[] = [];
  const seen = { reads: 0, closed: 0, claimsAtOpen: [] as number[] };
  const source: DownloadSource = {
    async open(request) {
      const { signal: _, ...asked } = request;
      opened.push(asked);
      seen.claimsAtOpen.push(relay.asked.claims);
      const other = open?.(opened.length);
      if (other !== undefined) return other;
      const from = Number(/^bytes=(\d+)-$/.exec(request.range ?? "bytes=0-")?.[1]);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (const byte of Buffer.from(body).subarray(from)) {
          seen.reads++;
          yield Uint8Array.of(byte);
        }
      }
      const contentRange = request.range && `bytes ${from}-${body.length - 1}/${body.length}`;
      const told = { etag: '"e"', bytes: body.length - from, contentRange };
      return { status: "found", ...told, chunks: chunks(), close: () => void seen.closed++ };
    },
  };
  const relay = createInMemoryRelay({
    authorizer: { authorize: async () => ({ status: "allowed", subject: "a", downloads: [...downloads] }) },
    downloads: { source, leaseSeconds: 60 },
    basePath,
    ...(claim === undefined ? {} : { claim }),
  });
  const ask = (url: string, init: RequestInit = {}) => relay.handle(new Request(url, init));
  const issue = (query = "", key = KEY) => ask(`${RELAY}${basePath}/url?download=${encodeURIComponent(key)}${query}`);
  return {
    ...{ relay, opened, seen, ask, issue },
    link: async (query = "") => (await issue(query)).text(),
    async press(url: string): Promise<string> {
      const answer = await ask(url, { method: "POST" });
      expect(answer.status).toBe(303);
      return new URL(answer.headers.get("location") ?? "", url).href;
    },
  };
}

const found = (chunks: AsyncIterable<Uint8Array>, bytes: number | undefined, close = () => {}): SourceOutcome => ({
  ...{ status: "found", bytes, etag: undefined, contentRange: undefined },
  ...{ chunks, close },
});

async function* streamOfBytes(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1);
}

async function codeOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { code: unknown }).code;
}

test("a link is shown as often as it is opened, and its button gives the file once", async () => {
  const { relay, seen, ask, link, press } = createDownloads();
  const url = await link("&filename=a.txt&content-type=text/plain");
  expect(url).toMatch(new RegExp(`^${RELAY}/d/[!-~]+$`));
  for (const headers of [PAGE, { range: "bytes=0-1", ...PAGE }, {}])
    for (const method of ["GET", "HEAD"]) expect((await ask(url, { method, headers })).status).toBe(200);
  expect(await (await ask(url, { headers: PAGE })).text()).toContain('<form method="post" action="?">');
  const posted = await press(`${url}?`); // as the form of the page posts
  expect([relay.asked.claims, seen.claimsAtOpen]).toEqual([0, []]);

  const file = await ask(posted);
  expect([file.status, Object.fromEntries(file.headers)]).toEqual([
    200,
    {
      "accept-ranges": "bytes",
      "cache-control": "no-store",
      "content-disposition": `attachment; filename="a.txt"; filename*=UTF-8''a.txt`,
      "content-length": "8",
      "content-security-policy": "sandbox",
      "content-type": "text/plain",
      etag: '"e"',
      "x-content-type-options": "nosniff",
    },
  ]);
  expect([seen.claimsAtOpen, seen.reads]).toEqual([[1], 0]); // no byte is read before the client takes one
  expect(await file.text()).toBe("the file");
  expect(seen.closed).toBe(1);
  expect(relay.lines.at(-1)).toMatchObject({ presignOnce: "relay", outcome: "sent", bytes: 8 });

  for (const again of [url, await press(url)]) {
    const answer = await ask(again);
    expect([answer.status, await codeOf(answer)]).toEqual([410, "UrlAlreadyUsed"]);
  }
  for (const secret of new URL(posted).href.split(/[/.?=]/).filter((text) => text.length > 20))
    expect(relay.text()).not.toContain(secret);
});

test("of 32 passes at once one gets the file, and nothing is read for the others", async () => {
  const { relay, opened, ask, link, press } = createDownloads();
  const url = await link();
  const passes = await Promise.all(Array.from({ length: 32 }, () => press(url)));
  const answers = await Promise.all(passes.map((pass) => ask(pass)));
  const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
  expect(statuses).toEqual([200, ...Array.from({ length: 31 }, () => 410)]);
  expect([opened.length, relay.asked.claims <= 32]).toEqual([1, true]);
});

test("the first use ignores Range; the same pass then gets the rest, until the lease is over", async () => {
  const { relay, opened, ask, link, press } = createDownloads();
  const url = await link();
  const pass = await press(url);
  const headers = { range: "bytes=4-", "if-range": '"e"', "if-none-match": '"e"' };
  expect(await (await ask(pass, { headers })).text()).toBe("the file");
  const rest = await ask(pass, { headers });
  expect([rest.status, rest.headers.get("content-range"), await rest.text()]).toEqual([206, "bytes 4-7/8", "file"]);
  expect(opened).toEqual([{ key: KEY }, { key: KEY, range: "bytes=4-", ifRange: '"e"' }]);
  expect((await ask(await press(url))).status).toBe(410);
  relay.clock.advance(60);
  expect((await ask(pass)).status).toBe(410);
  expect(opened).toHaveLength(2);
});

test.each<[ranges: string[], conditions: string[], asked: Omit<Opened, "key">]>([
  [["bytes=4-"], [], { range: "bytes=4-" }],
  [["bytes=4-"], ['"e"'], { range: "bytes=4-", ifRange: '"e"' }],
  [["bytes=4-"], ['"e"', '"e"'], {}],
  [["bytes=4-"], ['"é"'], {}],
  [["bytes=4-"], ['W/"e"'], {}],
  [["bytes=4-"], [""], {}],
  [["bytes=4-", "bytes=4-"], [], {}],
  [["bytes=0-1,4-"], [], {}],
  [["bytes=²-"], [], {}],
])("for Range %j and If-Range %j, the same pass opens %j", async (ranges, conditions, asked) => {
  const { opened, ask, link, press } = createDownloads();
  const pass = await press(await link());
  await ask(pass);
  const headers = new Headers();
  for (const range of ranges) headers.append("range", range);
  for (const condition of conditions) headers.append("if-range", condition);
  const answer = await ask(pass, { headers });
  expect([answer.status, await answer.text()]).toEqual("range" in asked ? [206, "file"] : [200, "the file"]);
  expect(opened).toEqual([{ key: KEY }, { key: KEY, ...asked }]);
});

test("a store that fails after the claim is said so, and the same client may come again", async () => {
  for (const open of [
    (n: number): SourceOutcome | undefined => (n === 1 ? { status: "failed", cause: new Error("planted") } : undefined),
    (n: number): SourceOutcome | undefined => {
      if (n === 1) throw new Error("planted");
      return undefined;
    },
  ]) {
    const { relay, ask, link, press } = createDownloads({ open });
    const url = await link();
    const pass = await press(url);
    const failed = await ask(pass);
    expect([failed.status, failed.headers.get("retry-after")]).toEqual([502, "2"]);
    expect(await failed.json()).toMatchObject({ code: "DownloadFailed", message: expect.stringContaining("again") });
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "store-failed", bytes: 0, cause: "Error" });
    expect((await ask(await press(url))).status).toBe(410);
    expect(await (await ask(pass)).text()).toBe("the file");
  }
});

test("where no client may come again, a store that fails is told to have used the link up", async () => {
  const { ask, link, press } = createDownloads({ open: () => ({ status: "failed", cause: 0 }) });
  const once = await link("&retries=none");
  for (const used of [await press(once), await link("&confirm=never")]) {
    const failed = await ask(used);
    expect(failed.status).toBe(502);
    expect(await failed.json()).toMatchObject({ message: expect.stringContaining("Ask for a new one.") });
    expect((await ask(used)).status).toBe(410);
  }
});

test("a file that is not there is 404, a part that is not there 416, as a page for those who show one", async () => {
  for (const [status, outcome, code] of [
    [404, "missing", "NoSuchKey"],
    [416, "no-such-part", "InvalidRange"],
  ] as const) {
    const { ask, link, press, relay } = createDownloads({ open: () => ({ status: outcome }) });
    const pass = await press(await link());
    const answer = await ask(pass);
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
    expect(relay.lines.at(-1)).toMatchObject({ outcome });
    expect((await ask(pass, { headers: PAGE })).headers.get("content-type")).toContain("text/html");
  }
});

test("an undecided claim and one that throws open nothing", async () => {
  const undecided: ClaimOutcome = {
    ...{ status: "indeterminate", mayHaveLanded: true, cause: new Error("planted"), attempts: 1 },
  };
  for (const claim of [
    () => undecided,
    () => {
      throw new Error("planted");
    },
  ]) {
    const { opened, ask, link, press } = createDownloads({ claim });
    const answer = await ask(await press(await link()));
    expect([answer.status, await codeOf(answer)]).toEqual([503, "ClaimUndecided"]);
    expect(opened).toEqual([]);
  }
});

test("what is no link, no pass or no method of a link uses nothing up", async () => {
  const { relay, opened, ask, link, press } = createDownloads();
  const url = await link();
  const pass = await press(url);
  const flip = (text: string) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
  const cases: [url: string, init: RequestInit, status: number][] = [
    [flip(url), {}, 403],
    [`${RELAY}/d/`, {}, 400],
    [`${url}/`, {}, 400],
    [`${url}?a=b`, {}, 400],
    [flip(pass), {}, 400],
    [pass, { method: "POST" }, 400],
    [pass, { method: "PUT" }, 405],
    [url.replace("/d/", "/u/"), { method: "PUT", body: "x" }, 400],
    [(await relay.grant()).url.replace("/u/", "/d/"), {}, 400],
    [pass, { method: "HEAD" }, 200],
    [pass, { signal: AbortSignal.abort() }, 503],
  ];
  for (const [changed, init, status] of cases) {
    const answer = await ask(changed, { headers: { accept: "*/*" }, ...init });
    expect([changed, init.method, answer.status]).toEqual([changed, init.method, status]);
  }
  expect([relay.asked.claims, opened]).toEqual([0, []]);
  expect(await (await ask(pass)).text()).toBe("the file");
});

test("a client that goes closes the file, before the first byte as after it", async () => {
  for (const reads of [0, 1]) {
    const { relay, seen, ask, link, press } = createDownloads();
    const gone = new AbortController();
    const answer = await ask(await press(await link()), { signal: gone.signal });
    const reader = answer.body!.getReader();
    if (reads === 1) await reader.read();
    gone.abort();
    expect(seen.closed).toBe(1);
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "broken-off", bytes: reads });
    await expect(reader.read()).rejects.toThrow("the client has gone");
  }
  const { seen, ask, link, press } = createDownloads();
  await (await ask(await press(await link()))).body!.cancel();
  expect(seen.closed).toBe(1);
});

test("a client that goes before the store answers ends the request to it, and may come again with its pass", async () => {
  type Ended = (answer: SourceOutcome) => void;
  const endings: Record<string, (ended: Ended, closed: () => void) => void> = {
    "the store's request fails": (ended) => ended({ status: "failed", cause: new Error("aborted") }),
    "the store had just answered": (ended, closed) => ended(found(streamOfBytes(), 1, closed)),
    "the store had just found nothing": (ended) => ended({ status: "missing" }),
  };
  for (const [what, ending] of Object.entries(endings)) {
    let closed = 0;
    const gone = new AbortController();
    const relay = createInMemoryRelay({
      authorizer: { authorize: async () => ({ status: "allowed", downloads: [""] }) },
      downloads: {
        source: {
          open: ({ signal }) =>
            new Promise((resolve) => {
              if (gone.signal.aborted) resolve(found(streamOfBytes(), 1));
              signal?.addEventListener("abort", () => ending(resolve, () => void closed++));
              gone.abort(); // the request has reached the store
            }),
        },
      },
    });
    const url = await (await relay.handle(new Request(`${RELAY}/url?download=uploads/a`))).text();
    const pass = new URL((await relay.handle(new Request(url, { method: "POST" }))).headers.get("location") ?? "", url);
    const left = await relay.handle(new Request(pass, { signal: gone.signal }));
    await left.arrayBuffer().catch(() => {}); // nobody reads it
    expect([what, relay.lines.at(-1)]).toMatchObject([what, { outcome: "broken-off", bytes: 0 }]);
    expect([what, closed]).toEqual([what, what.endsWith("answered") ? 1 : 0]);
    const again = await relay.handle(new Request(pass));
    expect([what, again.status, (await again.arrayBuffer()).byteLength]).toEqual([what, 200, 1]);
  }
});

test("a file that breaks off or is too short never ends like a whole one", async () => {
  async function* short(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1);
  }
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1);
    throw new Error("planted");
  }
  for (const [chunks, bytes] of [
    [short, 2],
    [broken, undefined],
  ] as const) {
    let closed = 0;
    const { relay, ask, link, press } = createDownloads({ open: () => found(chunks(), bytes, () => void closed++) });
    await expect((await ask(await press(await link()))).arrayBuffer()).rejects.toThrow(Error);
    expect(relay.lines.at(-1)).toMatchObject({ outcome: "store-failed", bytes: 1 });
    expect(closed).toBe(1);
  }
});

test("in workerd, the body is bound to its length, so that a short one breaks", async () => {
  const lengths: number[] = [];
  class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
    constructor(bytes: number) {
      super();
      lengths.push(bytes);
    }
  }
  vi.stubGlobal("FixedLengthStream", FixedLengthStream);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { ask, link, press } = createDownloads();
  expect(await (await ask(await press(await link()))).text()).toBe("the file");
  expect(lengths).toEqual([8]);
});

test("keeps the platform at work until a file that was left is closed", async () => {
  const { relay, link, press } = createDownloads();
  const pass = await press(await link());
  const gone = new AbortController();
  const work: Promise<unknown>[] = [];
  const answer = await relay.handle(new Request(pass, { signal: gone.signal }), { waitUntil: (one) => work.push(one) });
  const isOver = await Promise.race([
    work[0]?.then(() => true),
    new Promise((resolve) => setImmediate(resolve, false)),
  ]);
  expect([work.length, isOver]).toEqual([1, false]);
  gone.abort();
  await work[0];
  await expect(answer.text()).rejects.toThrow("the client has gone");
});

test("through Node's http, a client that hangs up closes the file", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield new Uint8Array(65_536);
  }
  let closed = 0;
  const { relay, link, press } = createDownloads({ open: () => found(endless(), undefined, () => void closed++) });
  const pass = await press(await link());
  const server = createServer(createNodeListener(relay.handle, { baseUrl: RELAY, writeLine: () => {} }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const request = get({ port, host: "127.0.0.1", path: pass.slice(RELAY.length) }, (response) => {
    response.once("data", () => request.destroy());
  });
  request.on("error", () => {});
  await expect.poll(() => closed).toBe(1);
  expect(relay.lines.at(-1)).toMatchObject({ outcome: "broken-off" });
});

test("links are made for the folders that the authorizer names, below the relay's own path", async () => {
  const { issue, ask, press } = createDownloads({ basePath: "/api", downloads: ["tenant-7/"] });
  const url = await (await issue("", "uploads/tenant-7/a")).text();
  expect(url).toMatch(new RegExp(`^${RELAY}/api/d/`));
  const pass = await press(url);
  expect(pass).toMatch(new RegExp(`^${RELAY}/api/d/`));
  expect(await (await ask(pass)).text()).toBe("the file");
  expect((await issue("", "uploads/tenant-70/a")).status).toBe(403);
  expect((await issue("", "other/a")).status).toBe(403);
});

test("without the option no link is made or taken", async () => {
  const relay = createInMemoryRelay();
  const asked = await relay.handle(new Request(`${RELAY}/url?download=uploads/a`));
  expect(asked.status).toBe(400);
  expect((await relay.handle(new Request(`${RELAY}/d/x`))).status).toBe(404);
});

test.each([
  ["source", {}],
  ["leaseSeconds", { leaseSeconds: 0 }],
  ["leaseSeconds", { leaseSeconds: 86_401 }],
])("refuses an invalid option by name: %s", (name, given) => {
  const source: DownloadSource = { open: async () => ({ status: "missing" }) };
  const downloads = name === "source" ? given : { source, ...given };
  expect(() => createInMemoryRelay({ downloads: downloads as never })).toThrow(new RegExp(`^${name}: expected `));
});
