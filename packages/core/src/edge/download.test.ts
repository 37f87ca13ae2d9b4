import { describe, expect, test } from "vitest";

import type { Claimant } from "../ports/claimant.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { Presigner, PresignRequest } from "../ports/presigner.ts";
import type { ClaimOutcome, InspectOutcome, SignatureIndex } from "../ports/signature-index.ts";
import { createRelayClaimer } from "../relay/relay-claimer.ts";
import {
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
  createSequentialIds,
} from "../testing/index.ts";
import { createDownloadIssuer, type DownloadRequest } from "../ticket/download-issuer.ts";
import { type DownloadTicket, encodeDownloadTicket } from "../ticket/download-ticket.ts";
import { PASS_SECONDS } from "../ticket/pass.ts";
import { createTicketIssuer } from "../ticket/ticket-issuer.ts";
import { tokenText } from "../ticket/token.ts";
import { createEdgeKeys, type EdgeKey } from "../url/edge-keys.ts";
import { MAX_SKEW_SECONDS } from "../url/url-life.ts";
import type { UploadRequest } from "./checked-upload.ts";
import { createClaimer } from "./claim.ts";
import { createDownloader } from "./download.ts";

const EDGE_URL = "https://edge.example";
const LIFE_SECONDS = 7_200;
const LEASE_SECONDS = 3_600;
const K1 = { id: "k1", secret: new Uint8Array(32).fill(1) };
const K2 = { id: "k2", secret: new Uint8Array(32).fill(2) };
const RANGE: HeaderField = ["range", "bytes=5-"];
const START = new Date("2026-01-01T00:00:00.700Z");

/** What a test puts in place of what the parts do. */
interface Options {
  readonly presigner?: Presigner;
  readonly claim?: (claim: () => Promise<ClaimOutcome>) => Promise<ClaimOutcome>;
  readonly inspect?: () => InspectOutcome | undefined;
}

function createEdge({ presigner = createInMemoryPresigner(), claim, inspect }: Options = {}) {
  const store = createInMemoryStore();
  const clock = createManualClock(START);
  const ids = createSequentialIds();
  const memory = createInMemoryIndex(store, undefined, clock);
  const calls: string[] = [];
  const index: SignatureIndex = {
    ...memory,
    async claim(hash, claimant) {
      calls.push("claim");
      const ask = () => memory.claim(hash, claimant);
      return claim === undefined ? ask() : claim(ask);
    },
    async inspect(hash) {
      calls.push("inspect");
      return inspect?.() ?? memory.inspect(hash);
    },
  };
  const signed: PresignRequest[] = [];
  const recording: Presigner = { presign: (request) => (signed.push(request), presigner.presign(request)) };
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: LIFE_SECONDS };
  const keysOf = (list: readonly EdgeKey[]) => createEdgeKeys(list, { scope: `index ${LIFE_SECONDS}` });
  const edgeWith = (list: readonly EdgeKey[]) => {
    const deps = { index, clock, ids, keys: keysOf(list), presigner: recording, terms };
    return createDownloader({ ...deps, leaseSeconds: LEASE_SECONDS });
  };
  let downloader = edgeWith([K1]);
  const keys = keysOf([K1]);

  const decide = (url: string, change: Partial<UploadRequest> = {}) => {
    const [path = "", query = ""] = url.slice(EDGE_URL.length).split("?");
    return downloader.decide({ method: "GET", path, query, headers: [], ...change });
  };
  return {
    ...{ store, clock, calls, signed, index, memory, keys, ids, terms, decide },
    /** Another process of the same edge, or one with other keys. */
    restart(list: readonly EdgeKey[] = [K1]) {
      downloader = edgeWith(list);
    },
    async issue(request: Partial<DownloadRequest> = {}): Promise<string> {
      const issuer = createDownloadIssuer({ index: memory, keys, clock, ids, maxLifeSeconds: LIFE_SECONDS });
      const asked = { baseUrl: EDGE_URL, expiresInSeconds: LIFE_SECONDS, key: "uploads/a b/é.pdf", ...request };
      const outcome = await issuer.issue(asked);
      if (outcome.status !== "issued") throw new Error(outcome.status);
      return outcome.grant.url;
    },
    /** The link with a fresh pass. */
    async press(url: string): Promise<string> {
      const decision = await decide(url, { method: "POST" });
      if (decision.status !== "pass") throw new Error(decision.status);
      return `${url}?${decision.query}`;
    },
    /** A link that holds the payload of whoever has an edge key. */
    async forge(ticket: Partial<DownloadTicket>, payload?: string): Promise<string> {
      const head = { id: "9", issuedAt: new Date("2026-01-01T00:00:00Z"), lifeSeconds: 60, method: "GET" } as const;
      const good = { ...head, key: "uploads/a", fileName: "a", contentType: "application/octet-stream" };
      const written = payload ?? encodeDownloadTicket({ ...good, ...ticket });
      return `${EDGE_URL}/d/${written}.${await keys.tag(tokenText("ticket", written))}`;
    },
    /** Puts every hash into a terminal state that another client brought about. */
    settle(state: "claimed" | "revoked") {
      for (const hash of store.keys()) {
        const at = clock.now();
        store.set(hash, state === "claimed" ? { state, claimant: "f".repeat(32) as Claimant, at } : { state, at });
      }
    },
  };
}

const refused = (reason: string) => ({ status: "refused", reason });

describe("a link without a pass", () => {
  test.each(["GET", "HEAD"])("is shown to %s, whatever its headers, and stays unused", async (method) => {
    const edge = createEdge();
    const url = await edge.issue({ fileName: "Ä.pdf" });
    for (const headers of [[], [RANGE], [["sec-purpose", "prefetch"]], [["accept", "*/*"]]] as HeaderField[][])
      expect(await edge.decide(url, { method, headers })).toMatchObject({
        status: "shown",
        ticket: { fileName: "Ä.pdf" },
      });
    expect(new Set(edge.calls)).toEqual(new Set(["inspect"]));
    expect(edge.signed).toEqual([]);
    expect(await edge.decide(await edge.press(url))).toMatchObject({ status: "accepted" });
  });

  test("hands out a pass to POST, another one each time, and asks the index nothing", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const passes = [await edge.press(url), await edge.press(url)];
    expect(new Set(passes).size).toBe(2);
    expect(passes[0]).toMatch(/\?pass=\d+\.[0-9a-f]{32}\.k1\.[0-9a-f]{64}$/);
    expect(edge.calls).toEqual([]);
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "get", ""])("does not take the method %o", async (method) => {
    const edge = createEdge();
    const url = await edge.issue();
    for (const sent of [url, await edge.press(url)])
      expect(await edge.decide(sent, { method })).toEqual(refused("method-not-allowed"));
    expect(edge.calls).toEqual([]);
  });
});

describe("what the index knows is told by GET and HEAD,", () => {
  const told: [what: string, meet: (edge: ReturnType<typeof createEdge>) => void, reason: string][] = [
    ["claimed", (edge) => edge.settle("claimed"), "already-claimed"],
    ["revoked", (edge) => edge.settle("revoked"), "revoked"],
    ["unknown", (edge) => edge.store.clear(), "unknown"],
  ];
  test.each(told)("%s, and no pass helps", async (_, meet, reason) => {
    const edge = createEdge();
    const url = await edge.issue();
    const pass = await edge.press(url);
    meet(edge);
    for (const sent of [url, pass])
      for (const method of ["GET", "HEAD"])
        expect(await edge.decide(sent, { method })).toMatchObject({ ...refused(reason), hash: expect.any(String) });
    edge.clock.advance(PASS_SECONDS);
    expect(await edge.decide(pass)).toMatchObject(refused(reason));
  });

  test("that it cannot tell, and nothing is shown then", async () => {
    const cause = new Error("503");
    const denied = new PresignOnceError("STORE_REFUSED", "Why.");
    for (const [fault, reason] of [
      [cause, "unavailable"],
      [denied, "store-refused"],
    ] as const) {
      const edge = createEdge({ inspect: () => ({ status: "indeterminate", cause: fault }) });
      const url = await edge.issue();
      const pass = await edge.press(url);
      for (const method of ["GET", "HEAD"])
        expect(await edge.decide(url, { method })).toMatchObject({ ...refused(reason), cause: fault });
      expect(await edge.decide(pass, { method: "HEAD" })).toMatchObject(refused(reason));
      edge.clock.advance(PASS_SECONDS);
      expect(await edge.decide(pass)).toMatchObject(refused(reason));
      expect(edge.calls).not.toContain("claim");
    }
  });
});

describe("a GET with a pass", () => {
  test("claims, and is signed for S3 at that moment: the file, to be saved, under its name", async () => {
    const edge = createEdge();
    const url = await edge.issue({ fileName: "a;b.pdf", contentType: "application/pdf" });
    const decision = await edge.decide(await edge.press(url));
    expect(decision).toMatchObject({ status: "accepted", repeated: false, path: "/uploads/a%20b/%C3%A9.pdf" });
    if (decision.status !== "accepted") throw new Error("refused");
    expect(edge.signed).toEqual([
      {
        ...{ method: "GET", key: "uploads/a b/é.pdf", headers: [["x-once-lock", "1".padStart(64, "0")]] },
        ...{ signingDate: new Date("2026-01-01T00:00:00Z"), expiresInSeconds: 60 },
        query: [
          ["response-cache-control", "no-store"],
          ["response-content-disposition", `attachment; filename="a;b.pdf"; filename*=UTF-8''a%3Bb.pdf`],
          ["response-content-type", "application/pdf"],
        ],
      },
    ]);
    expect(decision.headers).toEqual(edge.signed[0]?.headers);
    expect(decision.query).not.toContain("pass=");
    expect(edge.calls).toEqual(["claim"]);
  });

  test("drops Range and every condition at its first use", async () => {
    const edge = createEdge();
    const names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"];
    const headers = [RANGE, ...names.map((name): HeaderField => [name, `"a"`]), ["cookie", "a"] as const];
    const decision = await edge.decide(await edge.press(await edge.issue()), { headers });
    expect(decision).toMatchObject({ status: "accepted", headers: [["x-once-lock", expect.anything()]] });
  });

  test("is refused after another one, by this process and by any other", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const [one, other] = [await edge.press(url), await edge.press(url)];
    expect(await edge.decide(one)).toMatchObject({ status: "accepted" });
    expect(await edge.decide(other)).toMatchObject(refused("already-claimed"));
    edge.restart();
    expect(await edge.decide(other)).toMatchObject(refused("already-claimed"));
    expect(await edge.decide(await edge.press(url))).toMatchObject(refused("already-claimed"));
    expect(await edge.decide(url)).toMatchObject(refused("already-claimed"));
  });

  test("wins once among 50 passes at the same time", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const passes = await Promise.all(Array.from({ length: 50 }, () => edge.press(url)));
    const decisions = await Promise.all(passes.map((pass) => edge.decide(pass)));
    expect(decisions.filter(({ status }) => status === "accepted")).toHaveLength(1);
  });

  test("goes on within the lease, with Range and If-Range alone, and not after it", async () => {
    const edge = createEdge();
    const pass = await edge.press(await edge.issue());
    await edge.decide(pass);
    const condition: HeaderField = ["if-range", `"etag"`];
    const sent: HeaderField[] = [RANGE, condition, ["if-none-match", `"etag"`], ["if-match", `"x"`]];
    for (const seconds of [0, PASS_SECONDS, LEASE_SECONDS - PASS_SECONDS - 1]) {
      edge.clock.advance(seconds);
      edge.restart();
      expect(await edge.decide(pass, { headers: sent })).toMatchObject({
        ...{ status: "accepted", repeated: true },
        headers: [RANGE, condition, ["x-once-lock", expect.anything()]],
      });
    }
    expect(await edge.decide(pass, { method: "HEAD" })).toMatchObject({ status: "shown" });
    edge.clock.advance(1);
    for (let i = 0; i < 2; i++) expect(await edge.decide(pass)).toMatchObject(refused("lease-over"));
    const locks = edge.signed.map(({ headers }) => new Map(headers).get("x-once-lock"));
    expect(new Set(locks).size).toBe(locks.length);
  });

  /** Another client of an edge where a pass was used: what is passed on of its headers. */
  async function partClient(): Promise<(...headers: readonly HeaderField[]) => Promise<readonly HeaderField[]>> {
    const edge = createEdge();
    const pass = await edge.press(await edge.issue());
    await edge.decide(pass);
    return async (...headers) => {
      const decision = await edge.decide(pass, { headers });
      if (decision.status !== "accepted") throw new Error(decision.status);
      return decision.headers.filter(([name]) => name !== "x-once-lock");
    };
  }

  test("passes one range on as it was sent", async () => {
    const passedOn = await partClient();
    for (const value of ["bytes=0-", "bytes=5-9", "bytes=-500", "bytes=9007199254740991-"])
      expect(await passedOn(["range", value])).toEqual([["range", value]]);
  });

  const GOOD: HeaderField = ["if-range", `"a"`];
  test.each<[what: string, ...ranges: string[]]>([
    ["no range"],
    ["no number", "bytes=a-"],
    ["neither start nor end", "bytes=-"],
    ["another unit", "lines=5-"],
    ["a further header", "bytes=0-\r\nx: y"],
    ["more digits than a file has bytes", `bytes=${"1".repeat(17)}-`],
    ["digits of another script", "bytes=٥-"],
    ["another dash", "bytes=5–"],
    ["a blank", "bytes=5- "],
    ["several ranges", "bytes=0-1,5-"],
    ["the same range twice, in one field", "bytes=5-, bytes=5-"],
    ["the same range twice, in two fields", "bytes=5-", "bytes=5-"],
    ["two ranges, in two fields", "bytes=5-", "bytes=7-"],
  ])("gets the whole file for a Range with %s, and S3 sees no condition", async (_, ...ranges) => {
    const fields = ranges.map((value): HeaderField => ["range", value]);
    expect(await (await partClient())(...fields, GOOD)).toEqual([]);
  });

  const DATE = "Fri, 27 Nov 2026 08:00:00 GMT";
  test.each([`"a"`, `""`, `"${"a".repeat(198)}"`, DATE])("passes the If-Range %s on as it was sent", async (value) => {
    expect(await (await partClient())(RANGE, ["if-range", value])).toEqual([RANGE, ["if-range", value]]);
  });

  test.each<[what: string, ...conditions: string[]]>([
    ["nothing in it", ""],
    ["a character outside ASCII", `"é"`],
    ["a character outside Latin-1", `"文"`],
    ["a date in another script", DATE.replace("27", "٢٧")],
    ["a line end", `"a\nb"`],
    ["a blank at its end", `"a" `],
    ["no quotes", "a"],
    ["a weak ETag, by which no two files are the same", `W/"a"`],
    ["more than 200 characters", `"${"a".repeat(199)}"`],
    ["the same ETag twice, in two fields", `"a"`, `"a"`],
    ["two ETags, in two fields", `"a"`, `"b"`],
    ["the same ETag twice, in one field", `"a", "a"`],
    ["a date twice", DATE, DATE],
    ["an obsolete form of a date", "Fri Nov 27 08:00:00 2026"],
  ])("gets the whole file for an If-Range with %s, and never a part of another one", async (_, ...conditions) => {
    const fields = conditions.map((value): HeaderField => ["if-range", value]);
    expect(await (await partClient())(RANGE, ...fields)).toEqual([]);
  });

  test("does not go on once the link has ended, in the lease or not", async () => {
    const edge = createEdge();
    const url = await edge.issue({ expiresInSeconds: 30 });
    const pass = await edge.press(url);
    await edge.decide(pass);
    edge.clock.advance(29);
    expect(await edge.decide(pass)).toMatchObject({ repeated: true });
    edge.clock.advance(1);
    expect(await edge.decide(pass)).toMatchObject(refused("expired"));
  });

  test("is shown what the link is, if it comes too late to be the first, and a new pass still works", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const pass = await edge.press(url);
    edge.clock.advance(PASS_SECONDS - 1);
    const other = await edge.press(url);
    edge.clock.advance(1); // the time of a pass is in whole seconds, so this is its end or up to a second later
    expect(await edge.decide(pass)).toMatchObject({ status: "shown" });
    expect(edge.calls).not.toContain("claim");
    expect(await edge.decide(other)).toMatchObject({ status: "accepted", repeated: false });
  });

  test("is in time until its last instant, and no longer", async () => {
    const edge = createEdge();
    const [pass, other] = [await edge.press(await edge.issue()), await edge.press(await edge.issue())];
    edge.clock.advance(PASS_SECONDS - 0.701);
    expect(await edge.decide(pass)).toMatchObject({ status: "accepted" });
    edge.clock.advance(0.001);
    expect(await edge.decide(other)).toMatchObject({ status: "shown" });
  });

  test("asks the index once whether a late client is the one that was first", async () => {
    const states: InspectOutcome[] = [{ status: "indeterminate", cause: new Error("503") }];
    const edge = createEdge({ inspect: () => states.shift() });
    const pass = await edge.press(await edge.issue());
    await edge.decide(pass);
    edge.clock.advance(PASS_SECONDS);
    // and is not told that its link is used, because a second question was answered
    expect(await edge.decide(pass)).toMatchObject(refused("unavailable"));
    expect(await edge.decide(pass)).toMatchObject({ status: "accepted", repeated: true });
  });

  test("is used by no HEAD, and not by a POST", async () => {
    const edge = createEdge();
    const pass = await edge.press(await edge.issue());
    expect(await edge.decide(pass, { method: "HEAD" })).toMatchObject({ status: "shown" });
    expect(await edge.decide(pass, { method: "POST" })).toMatchObject(refused("malformed"));
    expect(edge.calls).not.toContain("claim");
    expect(await edge.decide(pass)).toMatchObject({ status: "accepted" });
  });

  test("of another link, an altered one and any other query use nothing up and ask the index nothing", async () => {
    const edge = createEdge();
    const [url, other] = [await edge.issue(), await edge.issue()];
    const pass = await edge.press(url);
    const [, query = ""] = pass.split("?");
    const altered = query.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    for (const sent of [
      ...[`${other}?${query}`, `${url}?${altered}`, `${url}?${query}&a=b`, `${url}?a=b&${query}`, `${url}?pass`],
      ...[`${url}?pass=`, `${url}?Pass=${query.slice(5)}`, `${url}?fbclid=1`, `${url}?${query}&${query}`],
    ])
      for (const method of ["GET", "HEAD", "POST"])
        expect([sent, await edge.decide(sent, { method })]).toMatchObject([sent, refused("malformed")]);
    expect(edge.calls).toEqual([]);
    expect(await edge.decide(pass)).toMatchObject({ status: "accepted" });
  });
});

describe("a link with confirm=never", () => {
  test("is used by a plain GET, once, and shown to HEAD", async () => {
    const edge = createEdge();
    const url = await edge.issue({ confirm: "never" });
    expect(await edge.decide(url, { method: "HEAD" })).toMatchObject({ status: "shown" });
    expect(await edge.decide(url, { headers: [RANGE] })).toMatchObject({
      ...{ status: "accepted", repeated: false },
      headers: [["x-once-lock", expect.anything()]],
    });
    for (const sent of [url, await edge.press(url)])
      expect(await edge.decide(sent)).toMatchObject(refused("already-claimed"));
    expect(await edge.decide(url, { method: "HEAD" })).toMatchObject(refused("already-claimed"));
  });

  test("goes to one of many plain GETs at the same time", async () => {
    const edge = createEdge();
    const url = await edge.issue({ confirm: "never" });
    const decisions = await Promise.all(Array.from({ length: 50 }, () => edge.decide(url)));
    expect(decisions.filter(({ status }) => status === "accepted")).toHaveLength(1);
  });
});

test("a link with retries=none is passed on once, even for the same pass", async () => {
  const edge = createEdge();
  const pass = await edge.press(await edge.issue({ retries: "none" }));
  expect(await edge.decide(pass)).toMatchObject({ status: "accepted", repeated: false });
  expect(await edge.decide(pass, { headers: [RANGE] })).toMatchObject(refused("already-claimed"));
  edge.clock.advance(PASS_SECONDS);
  expect(await edge.decide(pass)).toMatchObject(refused("already-claimed"));
});

describe("nothing is used up", () => {
  test("where S3 cannot be asked: the request is signed before the claim", async () => {
    let isBroken = true;
    const working = createInMemoryPresigner();
    const presigner: Presigner = {
      async presign(request) {
        if (isBroken) throw new PresignOnceError("PRESIGN_FAILED", "no credentials");
        return working.presign(request);
      },
    };
    const edge = createEdge({ presigner });
    const [url, never] = [await edge.issue(), await edge.issue({ confirm: "never" })];
    for (const sent of [await edge.press(url), never])
      expect(await edge.decide(sent)).toMatchObject({ ...refused("store-refused"), hash: expect.any(String) });
    expect(edge.calls).toEqual([]);
    isBroken = false;
    expect(await edge.decide(await edge.press(url))).toMatchObject({ status: "accepted" });
  });

  test("by a link before its time and after it", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const pass = await edge.press(url);
    edge.clock.advance(-MAX_SKEW_SECONDS - 1);
    for (const sent of [url, pass]) expect(await edge.decide(sent)).toMatchObject(refused("not-yet-valid"));
    expect(await edge.decide(url, { method: "POST" })).toMatchObject(refused("not-yet-valid"));
    edge.clock.advance(MAX_SKEW_SECONDS + 1 + LIFE_SECONDS - 1);
    expect(await edge.decide(url)).toMatchObject({ status: "shown" });
    edge.clock.advance(1);
    for (const method of ["GET", "HEAD", "POST"])
      expect(await edge.decide(url, { method })).toMatchObject(refused("expired"));
    expect(edge.calls).toEqual(["inspect"]);
  });
});

describe("an answer of the index that was lost", () => {
  test("and found again lets the client through once", async () => {
    let isLost = true;
    const claim: Options["claim"] = async (ask) => {
      const outcome = await ask();
      const found = isLost && outcome.status === "claimed" ? { found: { since: START } } : {};
      isLost = false;
      return { ...outcome, ...found };
    };
    const edge = createEdge({ claim });
    const url = await edge.issue();
    const pass = await edge.press(url);
    expect(await edge.decide(pass)).toMatchObject({ status: "accepted" });
    expect(await edge.decide(await edge.press(url))).toMatchObject(refused("already-claimed"));
    expect(await edge.decide(pass)).toMatchObject({ status: "accepted", repeated: true });
  });

  test("for good passes nothing on; the same pass comes again, and no other", async () => {
    let isLost = true;
    const claim: Options["claim"] = async (ask) => {
      const outcome = await ask();
      if (!isLost) return outcome;
      isLost = false;
      return { status: "indeterminate", mayHaveLanded: true, cause: new Error("reset") };
    };
    const edge = createEdge({ claim });
    const url = await edge.issue();
    const [pass, other] = [await edge.press(url), await edge.press(url)];
    expect(await edge.decide(pass)).toMatchObject(refused("undecided"));
    expect(await edge.decide(other)).toMatchObject(refused("already-claimed"));
    expect(await edge.decide(pass)).toMatchObject({ status: "accepted", repeated: true });
  });

  test.each(["already-claimed", "revoked", "unknown"] as const)("is no claim if it is %s", async (status) => {
    const edge = createEdge({ claim: async () => ({ status }) });
    expect(await edge.decide(await edge.press(await edge.issue()))).toMatchObject(refused(status));
  });

  test("is no claim if the index could not be asked", async () => {
    const cause = new Error("503");
    const edge = createEdge({ claim: async () => ({ status: "indeterminate", mayHaveLanded: false, cause }) });
    const url = await edge.issue();
    expect(await edge.decide(await edge.press(url))).toMatchObject(refused("unavailable"));
    expect(await edge.decide(url)).toMatchObject({ status: "shown" });
  });
});

describe("key rotation", () => {
  test("leaves links and passes of the old key usable until it is removed", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const old = await edge.press(url);
    edge.restart([K2, K1]);
    expect(await edge.decide(url)).toMatchObject({ status: "shown" });
    expect(await edge.press(url)).toContain(".k2.");
    expect(await edge.decide(old)).toMatchObject({ status: "accepted" });
    edge.restart([K2]);
    for (const sent of [url, old]) expect(await edge.decide(sent)).toEqual(refused("not-issued"));
  });
});

describe("whoever holds an edge key reaches no more than the issuer would grant:", () => {
  const keys = [
    ...["a", "signatures/a", "uploadsa", "uploads", "uploads//a", "uploads/../a", "uploads/./a"],
    ...["/uploads/a", "uploads/a/..", "uploads/a\\b", "uploads/a/../../signatures/a"],
  ];
  test.each(keys)("no key %s", async (key) => {
    const edge = createEdge();
    const url = await edge.forge({ key });
    for (const method of ["GET", "HEAD", "POST"])
      expect(await edge.decide(url, { method })).toMatchObject(refused("not-issued"));
    expect(edge.signed).toEqual([]);
  });

  test("no life that is longer than the index remembers", async () => {
    const edge = createEdge();
    expect(await edge.decide(await edge.forge({ lifeSeconds: LIFE_SECONDS + 1 }))).toMatchObject(refused("not-issued"));
    expect(await edge.decide(await edge.forge({ lifeSeconds: LIFE_SECONDS }))).toMatchObject(refused("unknown"));
  });

  test.each([{ contentType: "text/html" }, { fileName: "a\r\nb" }, { fileName: "../a" }])("no %j", async (ticket) => {
    const edge = createEdge();
    expect(await edge.decide(await edge.forge(ticket))).toMatchObject(refused("malformed"));
  });
});

describe("a ticket of one kind is none of the other:", () => {
  test("a ticket for an upload shows, hands out and downloads nothing", async () => {
    const edge = createEdge();
    const issuer = createTicketIssuer({ ...edge, index: edge.memory });
    const outcome = await issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: 900 });
    if (outcome.status !== "issued") throw new Error(outcome.status);
    const url = outcome.grant.url.replace("/u/", "/d/");
    for (const method of ["GET", "HEAD", "POST"])
      expect(await edge.decide(url, { method })).toMatchObject(refused("malformed"));
    expect(edge.calls).toEqual([]);
  });

  test("a ticket for a download takes no upload, at the edge or at a relay", async () => {
    const edge = createEdge();
    const url = await edge.issue({ key: "uploads/a" });
    const token = url.slice(`${EDGE_URL}/d/`.length);
    const headers: HeaderField[] = [["content-length", "5"]];
    const claimer = createClaimer({
      ...edge,
      tickets: { ...edge, presigner: createInMemoryPresigner(), maxBytes: 1_000 },
    });
    expect(await claimer.claim({ method: "PUT", path: `/u/${token}`, query: "", headers })).toMatchObject(
      refused("malformed"),
    );
    expect(await claimer.claim({ method: "PUT", path: `/d/${token}`, query: "", headers })).toMatchObject(
      refused("malformed"),
    );
    const limits = { maxDeclaredBytes: 1_000, maxUndeclaredBytes: 1_000 };
    const relay = createRelayClaimer({ ...edge, keyPrefix: "uploads/", limits });
    expect(await relay.claim({ method: "PUT", token, headers })).toMatchObject(refused("malformed"));
    expect(edge.calls).toEqual([]);
    expect(await edge.decide(await edge.press(url))).toMatchObject({ status: "accepted" });
  });
});

test("a link has one form: no other spelling of its path is taken", async () => {
  const edge = createEdge();
  const url = await edge.issue();
  const path = url.slice(EDGE_URL.length);
  for (const spelt of [
    ...[`${path}/`, `${path}=`, `${path}%20`, `/d//${path.slice(3)}`, path.replace(".", "%2E"), "/d/"],
    ...[path.slice(0, -1), `${path}0`, `/d/${"a".repeat(5_000)}.k1.${"0".repeat(64)}`],
  ])
    expect([spelt, await edge.decide(url, { path: spelt })]).toMatchObject([spelt, refused("malformed")]);
  const other = path.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
  expect(await edge.decide(url, { path: other })).toEqual(refused("not-issued"));
  expect(edge.calls).toEqual([]);
});
