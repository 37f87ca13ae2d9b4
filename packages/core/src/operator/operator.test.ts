import { describe, expect, test } from "vitest";

import { createClaimer, ORIGIN_GRACE_SECONDS } from "../claim.ts";
import { createEdgeKeys } from "../edge-keys.ts";
import { randomIds } from "../ids.ts";
import { createIssuer } from "../issue.ts";
import type { IssueRequest } from "../issuer.ts";
import { hashCanonicalRequest } from "../signature-hash.ts";
import type { SignatureIndex } from "../signature-index.ts";
import {
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
} from "../testing/index.ts";
import { inspectUrl, revokeUrl } from "./index.ts";

const TTL_SECONDS = 600;
const START = new Date("2026-01-01T00:00:00Z");
const KEYS = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }], { scope: "here" });
/** The same secret, for an index elsewhere. */
const ELSEWHERE = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }], { scope: "elsewhere" });

describe("inspecting a URL tells", () => {
  test("that it is issued, for which key, since when and until when", async () => {
    const edge = createEdge();
    const { url, key } = await edge.issue();
    edge.clock.advance(10);
    expect(await edge.inspect(url)).toEqual({
      status: "issued",
      hash: await hashOf(edge, url),
      key,
      issuedAt: START,
      expiresAt: new Date(START.getTime() + TTL_SECONDS * 1000),
      isExpired: false,
      allowsRetries: false,
      isVerified: true,
    });
  });

  test("that whoever claims it may try again, where that was granted", async () => {
    const edge = createEdge();
    const { url } = await edge.issue({ retries: "same-client" });
    expect(await edge.inspect(url)).toMatchObject({ status: "issued", allowsRetries: true });
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", allowsRetries: true });
  });

  test("who claimed it and when", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.clock.advance(60);
    const decision = await edge.upload(url);
    edge.clock.advance(60);
    expect(await edge.inspect(url)).toMatchObject({
      status: "claimed",
      claimant: decision.claimant,
      at: new Date(START.getTime() + 60_000),
    });
  });

  test("when it was revoked", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.clock.advance(30);
    await edge.revoke(url);
    expect(await edge.inspect(url)).toMatchObject({ status: "revoked", at: new Date(START.getTime() + 30_000) });
  });

  test("that it expired, from the very moment when the edge refuses it", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.clock.advance(TTL_SECONDS - 1);
    expect(await edge.inspect(url)).toMatchObject({ status: "issued", isExpired: false });
    edge.clock.advance(1);
    expect(await edge.inspect(url)).toMatchObject({ status: "expired", isExpired: true });
    expect(await edge.upload(url)).toMatchObject({ reason: "expired" });
  });

  test.each(["claimed", "revoked"] as const)("that it is %s even when it has expired since", async (status) => {
    const edge = createEdge();
    const { url } = await edge.issue();
    await (status === "claimed" ? edge.upload(url) : edge.revoke(url));
    edge.clock.advance(TTL_SECONDS + ORIGIN_GRACE_SECONDS);
    expect(await edge.inspect(url)).toMatchObject({ status, isExpired: true });
  });

  test("that the index has no entry for it, expired or not", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.store.clear();
    expect(await edge.inspect(url)).toMatchObject({ status: "unknown", isExpired: false });
    edge.clock.advance(TTL_SECONDS);
    expect(await edge.inspect(url)).toMatchObject({ status: "unknown", isExpired: true });
  });

  test("that nobody knows, where the index does not", async () => {
    const edge = createEdge({ index: createInMemoryIndex(createInMemoryStore(), "unavailable-storm") });
    const { url } = await createEdge().issue();
    expect(await edge.inspect(url)).toMatchObject({ status: "indeterminate", cause: expect.anything() });
  });

  test("the same of every spelling of it", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    await edge.upload(url);
    const [base, query = ""] = url.split("?");
    const respelt = `${base}?${query.split("&").reverse().join("&").replaceAll("%2F", "%2f")}`;
    expect(await edge.inspect(respelt)).toEqual(await edge.inspect(url));
  });

  test("and changes nothing", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    await edge.inspect(url);
    expect(await edge.upload(url)).toMatchObject({ status: "accepted" });
  });
});

describe("a URL that this edge did not issue is called so, and its index is not asked", () => {
  const changes: [string, (url: string) => string][] = [
    ["its tag was changed", (url) => url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))],
    ["it has no tag", (url) => url.replace(/&x-once-tag=.*$/, "")],
    ["its key was changed", (url) => url.replace("/uploads/", "/uploads/x")],
    ["its life was changed", (url) => url.replace("X-Amz-Expires=630", "X-Amz-Expires=631")],
  ];
  test.each(changes)("%s", async (_name, change) => {
    const edge = createEdge({ index: untouchable });
    const { url } = await createEdge().issue();
    expect(change(url)).not.toBe(url);
    expect(await edge.inspect(change(url))).toMatchObject({ status: "not-issued" });
    expect(await edge.revoke(change(url))).toMatchObject({ status: "not-issued" });
  });

  test("it was issued for another index", async () => {
    const { url } = await createEdge({ keys: ELSEWHERE }).issue();
    const edge = createEdge({ index: untouchable });
    expect(await edge.inspect(url)).toMatchObject({ status: "not-issued" });
    expect(await edge.revoke(url)).toMatchObject({ status: "not-issued" });
  });

  test("it has no origin lock, as every presigned URL of somebody else, even where there are no keys", async () => {
    const { url } = await createEdge().issue();
    const edge = createEdge({ index: untouchable, operatorHasKeys: false });
    const foreign = url.replace("x-once-lock", "x-other-thing");
    expect(await edge.inspect(foreign)).toMatchObject({ status: "not-issued" });
    expect(await edge.revoke(foreign)).toMatchObject({ status: "not-issued" });
  });

  test("and nothing that it says of itself is told", async () => {
    const { url } = await createEdge({ keys: ELSEWHERE }).issue();
    expect(Object.keys(await createEdge().inspect(url))).toEqual(["status", "hash"]);
  });
});

describe("what is no such URL is malformed, for a reason that repeats nothing of it", () => {
  const malformed: [string, (url: string) => string][] = [
    ["a word", () => "planted"],
    ["nothing", () => ""],
    ["without a host", (url) => new URL(url).pathname + new URL(url).search],
    ["another scheme", (url) => url.replace("https:", "ftp:")],
    ["no query", (url) => url.replace(/\?.*/, "")],
    ["a fragment", (url) => `${url}#planted`],
    ["a blank in it", (url) => url.replace("&", " &")],
    ["two of them", (url) => `${url}\n${url}`],
    ["a signature cut short", (url) => url.replace(/(X-Amz-Signature=)\w+/, "$1planted")],
    ["a parameter missing", (url) => url.replace(/X-Amz-Date=\w+&/, "")],
  ];
  test.each(malformed)("%s", async (_name, change) => {
    const edge = createEdge({ index: untouchable });
    const { url } = await createEdge().issue();
    for (const told of [await edge.inspect(change(url)), await edge.revoke(change(url))]) {
      expect(told).toEqual({ status: "malformed", message: expect.stringMatching(/^[A-Z].*\.$/) });
      expect(JSON.stringify(told)).not.toMatch(/planted|[0-9a-f]{16}/);
    }
  });
});

describe("revoking a URL", () => {
  test("lets nobody pass any more, and can be done again", async () => {
    const edge = createEdge();
    const { url, key } = await edge.issue();
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", key, isVerified: true });
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked" });
    expect(await edge.upload(url)).toMatchObject({ status: "refused", reason: "unknown" });
  });

  test("that was claimed says by whom and when, and takes nothing from its owner", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    const { claimant } = await edge.upload(url);
    edge.clock.advance(60);
    expect(await edge.revoke(url)).toMatchObject({ status: "already-claimed", claim: { claimant, at: START } });
    expect(await edge.inspect(url)).toMatchObject({ status: "claimed", claimant });
  });

  test("that was claimed says so even where the index tells no more", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    await edge.upload(url);
    const index: SignatureIndex = { ...edge.index, inspect: async () => ({ status: "indeterminate", cause: "lost" }) };
    expect(await createEdge({ index }).revoke(url)).toMatchObject({ status: "already-claimed", claim: undefined });
  });

  test("that the index does not know says so", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.store.clear();
    expect(await edge.revoke(url)).toMatchObject({ status: "unknown" });
    expect(edge.store.size).toBe(0);
  });

  test("that nobody could decide about says so", async () => {
    const { store, issue } = createEdge();
    const { url } = await issue();
    for (const fault of ["conflict-storm", "unavailable-storm"] as const) {
      const edge = createEdge({ index: createInMemoryIndex(store, fault) });
      expect(await edge.revoke(url)).toMatchObject({ status: "indeterminate", cause: expect.anything() });
    }
  });

  test("that has expired works too, so that no clock is needed to be sure", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.clock.advance(TTL_SECONDS);
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", isExpired: true });
  });
});

describe("an operator without keys", () => {
  test("asks an index that records what was issued, and is told what it knows", async () => {
    const edge = createEdge({ operatorHasKeys: false });
    const { url } = await edge.issue();
    expect(await edge.inspect(url)).toMatchObject({ status: "issued", isVerified: false });
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", isVerified: false });
  });

  test("cannot tell an issued URL from a made-up one in an index that does not, and is told just that", async () => {
    const edge = createEdge({ operatorHasKeys: false, recordsIssued: false });
    const { url } = await edge.issue();
    expect(await edge.inspect(url)).toMatchObject({ status: "unverified" });
    expect(await edge.revoke(url)).toMatchObject({ status: "unverified" });
    expect(await edge.inspect(url)).toMatchObject({ status: "revoked" });
  });

  test("is told there what is certain all the same: that it was claimed", async () => {
    const edge = createEdge({ operatorHasKeys: false, recordsIssued: false });
    const { url } = await edge.issue();
    await edge.upload(url);
    expect(await edge.inspect(url)).toMatchObject({ status: "claimed" });
    expect(await edge.revoke(url)).toMatchObject({ status: "already-claimed" });
  });
});

test("with keys an index that does not record what was issued is as good as one that does", async () => {
  const edge = createEdge({ recordsIssued: false });
  const { url } = await edge.issue();
  expect(await edge.inspect(url)).toMatchObject({ status: "issued" });
  expect(await edge.revoke(url)).toMatchObject({ status: "revoked" });
});

/** An index that fails whoever asks it. */
const untouchable = new Proxy({} as SignatureIndex, {
  get() {
    throw new Error("the index was asked");
  },
});

/** An edge in memory, and its operator. */
function createEdge({
  keys = KEYS,
  operatorHasKeys = true,
  recordsIssued = true,
  index: given,
}: {
  readonly keys?: typeof KEYS;
  readonly operatorHasKeys?: boolean;
  readonly recordsIssued?: boolean;
  readonly index?: SignatureIndex;
} = {}) {
  const clock = createManualClock(START);
  const store = createInMemoryStore();
  const index = given ?? createInMemoryIndex(store, undefined, clock);
  const issuer = createIssuer({ presigner: createInMemoryPresigner(), index, keys, clock, ids: randomIds });
  const claimer = createClaimer({ index, keys, clock, ids: randomIds });
  const operator = { index, keys: operatorHasKeys ? keys : undefined, clock, recordsIssued };
  return {
    clock,
    store,
    index,
    inspect: (url: string) => inspectUrl(url, operator),
    revoke: (url: string) => revokeUrl(url, operator),
    async issue(asked: Partial<IssueRequest> = {}) {
      const outcome = await issuer.issue({ edgeUrl: "https://edge.example", ttlSeconds: TTL_SECONDS, ...asked });
      if (outcome.status !== "issued") throw new Error("nothing was issued");
      return outcome.grant;
    },
    upload(url: string) {
      const { pathname, search } = new URL(url);
      return claimer.claim({
        method: "PUT",
        path: pathname,
        query: search.slice(1),
        headers: [["content-length", "5"]],
      });
    },
  };
}

/** What the one entry of an edge is called. */
async function hashOf({ store }: ReturnType<typeof createEdge>, url: string): Promise<string> {
  const [hash = ""] = store.keys();
  const [path, query] = url.replace("https://edge.example", "").split("?");
  const canonical = query?.replace(/&x-once-tag=.*/, "");
  expect(await hashCanonicalRequest(`PUT\n${path}\n${canonical}`)).toBe(hash);
  return hash;
}
