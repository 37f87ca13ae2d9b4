import { describe, expect, test } from "vitest";

import { createClaimer } from "../edge/claim.ts";
import { createIssuer } from "../edge/issue.ts";
import type { IssueRequest } from "../gate/issuer.ts";
import { randomIds } from "../ports/ids.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import { createRelayClaimer } from "../relay/relay-claimer.ts";
import {
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
} from "../testing/index.ts";
import { createTicketIssuer } from "../ticket/ticket-issuer.ts";
import { encodePayload, tokenText } from "../ticket/token.ts";
import { createEdgeKeys } from "../url/edge-keys.ts";
import { MAX_SKEW_SECONDS, ORIGIN_GRACE_SECONDS } from "../url/url-life.ts";
import { inspectUrl, revokeUrl } from "./index.ts";

const TTL_SECONDS = 600;
const START = new Date("2026-01-01T00:00:00Z");
const KEYS = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }], { scope: "here" });
/** The same secret, as a relay with the same index has it. */
const RELAY_KEYS = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }], { scope: "here, says a relay" });
/** The same secret without a scope. */
const UNBOUND_KEYS = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
/** The same secret, for an index elsewhere. */
const ELSEWHERE = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }], { scope: "elsewhere" });

describe("inspecting a URL reports", () => {
  test("that it is issued, its key, and from when until when it is valid", async () => {
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
      namesIndex: true,
    });
  });

  test("that the first client may retry, if that was granted", async () => {
    const edge = createEdge();
    const { url } = await edge.issue({ retries: "same-client" });
    expect(await edge.inspect(url)).toMatchObject({ status: "issued", allowsRetries: true });
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", allowsRetries: true });
  });

  test("the claimant and the time of the claim", async () => {
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

  test("the time of the revocation", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.clock.advance(30);
    await edge.revoke(url);
    expect(await edge.inspect(url)).toMatchObject({ status: "revoked", at: new Date(START.getTime() + 30_000) });
  });

  test("that it expired, from the moment at which the edge refuses it", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.clock.advance(TTL_SECONDS - 1);
    expect(await edge.inspect(url)).toMatchObject({ status: "issued", isExpired: false });
    edge.clock.advance(1);
    expect(await edge.inspect(url)).toMatchObject({ status: "expired", isExpired: true });
    expect(await edge.upload(url)).toMatchObject({ reason: "expired" });
  });

  test.each(["claimed", "revoked"] as const)("that it is %s, even after it has expired", async (status) => {
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

  test("an unknown state if the index does not answer", async () => {
    const edge = createEdge({ index: createInMemoryIndex(createInMemoryStore(), "unavailable-storm") });
    const { url } = await createEdge().issue();
    expect(await edge.inspect(url)).toMatchObject({ status: "indeterminate", cause: expect.anything() });
  });

  test("the same state for every encoding of it", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    await edge.upload(url);
    const [base, query = ""] = url.split("?");
    const respelt = `${base}?${query.split("&").reverse().join("&").replaceAll("%2F", "%2f")}`;
    expect(await edge.inspect(respelt)).toEqual(await edge.inspect(url));
  });

  test("without any change to it", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    await edge.inspect(url);
    expect(await edge.upload(url)).toMatchObject({ status: "accepted" });
  });
});

describe("reports a URL as not issued here, without asking the index:", () => {
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

  test("a URL for another index", async () => {
    const { url } = await createEdge({ keys: ELSEWHERE }).issue();
    const edge = createEdge({ index: untouchable });
    expect(await edge.inspect(url)).toMatchObject({ status: "not-issued" });
    expect(await edge.revoke(url)).toMatchObject({ status: "not-issued" });
  });

  test("a URL without an origin lock, as of any other issuer, even without keys", async () => {
    const { url } = await createEdge().issue();
    const edge = createEdge({ index: untouchable, operatorHasKeys: false });
    const foreign = url.replace("x-once-lock", "x-other-thing");
    expect(await edge.inspect(foreign)).toMatchObject({ status: "not-issued" });
    expect(await edge.revoke(foreign)).toMatchObject({ status: "not-issued" });
  });

  test("and reports nothing that is written in it", async () => {
    const { url } = await createEdge({ keys: ELSEWHERE }).issue();
    expect(Object.keys(await createEdge().inspect(url))).toEqual(["status", "hash"]);
  });
});

describe("reports a URL with a malformed tag as not issued, with keys or without, and says why:", () => {
  const cutOff = /cut off/;
  const added = /[Ss]omething was added/;
  const changes: [string, (tag: string) => string, RegExp][] = [
    ["empty", () => "", /no tag: the URL was cut off/],
    ["the key id alone", (tag) => tag.slice(0, 2), cutOff],
    ["without its digits", (tag) => tag.slice(0, 3), cutOff],
    ["without its last digit", (tag) => tag.slice(0, -1), cutOff],
    ["in upper case", (tag) => tag.toUpperCase(), /upper-case/],
    ["with one upper-case digit", (tag) => tag.slice(0, -1) + "A", /upper-case/],
    ...[".", ")", '"', ">", ",", "%22", "%3E", ";", "'", "0", "]", "*", "…"].map(
      (end): [string, (tag: string) => string, RegExp] => [`followed by ${end}`, (tag) => tag + end, added],
    ),
    ["something else", () => "<planted>", added],
    ["with a key id of 33 characters", (tag) => tag.replace("k1", "k".repeat(33)), added],
    ["without a key id", (tag) => tag.replace("k1", ""), added],
    ["with a blank before it", (tag) => `%20${tag}`, added],
  ];
  for (const gate of ["edge", "relay"] as const)
    for (const operatorHasKeys of [true, false])
      test.each(changes)(`${gate}, keys: ${operatorHasKeys}: a tag %s`, async (_name, change, fault) => {
        const edge = createEdge({ operatorHasKeys, index: untouchable });
        const url = await urlOf(gate);
        const changed = url.replace(/k1\.[0-9a-f]{64}$/, change);
        expect(changed).not.toBe(url);
        for (const told of [await edge.inspect(changed), await edge.revoke(changed)]) {
          expect(told).toEqual({
            status: "not-issued",
            hash: expect.any(String),
            fault: expect.stringMatching(/^[A-Z][^\n]*[.?]$/),
          });
          expect(told).toMatchObject({ fault: expect.stringMatching(fault) });
          expect(JSON.stringify(told)).not.toContain("planted");
        }
        expect(await refusalAt(gate, changed)).toMatch(/^(?:not-issued|malformed)$/);
      });

  test("a relay's token that ends after its payload has no tag", async () => {
    const url = (await urlOf("relay")).replace(/\.k1\.[0-9a-f]{64}$/, "");
    expect(await createEdge({ index: untouchable }).inspect(url)).toMatchObject({
      fault: expect.stringMatching(cutOff),
    });
  });

  test("accepts every form that the edge accepts: escapes in the tag, the tag in front", async () => {
    for (const operatorHasKeys of [true, false]) {
      const edge = createEdge({ operatorHasKeys });
      const { url } = await edge.issue();
      const [base, query = ""] = url.split("?");
      const escaped = url.replace(/x-once-tag=k1\./, "x-once-tag=%6b1%2E");
      const inFront = `${base}?${query.split("&").toReversed().join("&")}`;
      for (const spelling of [escaped, inFront]) {
        expect(spelling).not.toBe(url);
        expect(await edge.inspect(spelling)).toMatchObject({ status: "issued" });
      }
      expect(await edge.upload(escaped)).toMatchObject({ status: "accepted" });
    }
  });

  test("gives the same outcome for a tag with an unknown key and for a tag that does not verify", async () => {
    const edge = createEdge({ index: untouchable });
    for (const gate of ["edge", "relay"] as const) {
      const url = await urlOf(gate);
      const outcomes = [
        url.replace(/k1(?=\.[0-9a-f]{64}$)/, "k2"),
        url.replace(/.$/, (d) => (d === "0" ? "1" : "0")),
      ].map(async (changed) => edge.inspect(changed));
      const [other, wrong] = await Promise.all(outcomes);
      expect(other).toEqual({ status: "not-issued", hash: expect.any(String) });
      expect(other).toEqual(wrong);
    }
  });

  async function urlOf(gate: "edge" | "relay"): Promise<string> {
    const deps = { index: createInMemoryIndex(), clock: createManualClock(START), ids: randomIds };
    const issuer =
      gate === "edge"
        ? createIssuer({ ...deps, keys: KEYS, presigner: createInMemoryPresigner() })
        : createTicketIssuer({ ...deps, keys: RELAY_KEYS });
    const outcome = await issuer.issue({ baseUrl: "https://edge.example", expiresInSeconds: TTL_SECONDS });
    if (outcome.status !== "issued") throw new Error("nothing was issued");
    return outcome.grant.url;
  }

  /** Why edge or relay refuse it. */
  async function refusalAt(gate: "edge" | "relay", url: string): Promise<string> {
    const [path = "", query = ""] = url.slice("https://edge.example".length).split("?");
    const deps = { index: untouchable, clock: createManualClock(START), ids: randomIds };
    const limits = { maxDeclaredBytes: 10, maxUndeclaredBytes: 10 };
    const headers = [["content-length", "5"]] as const;
    const decision =
      gate === "edge"
        ? await createClaimer({ ...deps, keys: KEYS }).claim({ method: "PUT", path, query, headers })
        : await createRelayClaimer({ ...deps, keys: RELAY_KEYS, limits }).claim({
            method: "PUT",
            token: path.slice("/u/".length),
            headers,
          });
    return decision.status === "refused" ? decision.reason : decision.status;
  }
});

test("reports a URL with a future date as not yet valid, as long as the edge refuses it", async () => {
  const edge = createEdge();
  edge.clock.advance(MAX_SKEW_SECONDS + 1);
  const { url } = await edge.issue();
  edge.clock.advance(-MAX_SKEW_SECONDS - 1);
  expect(await edge.upload(url)).toMatchObject({ reason: "not-yet-valid" });
  expect(await edge.inspect(url)).toMatchObject({ status: "not-yet-valid" });
  edge.clock.advance(1);
  expect(await edge.inspect(url)).toMatchObject({ status: "issued" });
  expect(await edge.upload(url)).toMatchObject({ status: "accepted" });
  edge.clock.advance(-1);
  expect(await edge.inspect(url)).toMatchObject({ status: "claimed" });
});

describe("reports other input as malformed, with a reason that repeats nothing of it:", () => {
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
  test("blocks every upload, and can be repeated", async () => {
    const edge = createEdge();
    const { url, key } = await edge.issue();
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", key, isVerified: true });
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked" });
    expect(await edge.upload(url)).toMatchObject({ status: "refused", reason: "revoked" });
  });

  test("that was claimed reports claimant and time, and leaves the claim to its owner", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    const { claimant } = await edge.upload(url);
    edge.clock.advance(60);
    expect(await edge.revoke(url)).toMatchObject({ status: "already-claimed", claim: { claimant, at: START } });
    expect(await edge.inspect(url)).toMatchObject({ status: "claimed", claimant });
  });

  test("that was claimed reports this, even if the index reports no more", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    await edge.upload(url);
    const index: SignatureIndex = { ...edge.index, inspect: async () => ({ status: "indeterminate", cause: "lost" }) };
    expect(await createEdge({ index }).revoke(url)).toMatchObject({ status: "already-claimed", claim: undefined });
  });

  test("that the index does not know reports it as unknown", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.store.clear();
    expect(await edge.revoke(url)).toMatchObject({ status: "unknown" });
    expect(edge.store.size).toBe(0);
  });

  test("that stays undecided reports it as undecided", async () => {
    const { store, issue } = createEdge();
    const { url } = await issue();
    for (const fault of ["conflict-storm", "unavailable-storm"] as const) {
      const edge = createEdge({ index: createInMemoryIndex(store, fault) });
      expect(await edge.revoke(url)).toMatchObject({ status: "indeterminate", cause: expect.anything() });
    }
  });

  test("that has expired works too, so that it needs no correct clock", async () => {
    const edge = createEdge();
    const { url } = await edge.issue();
    edge.clock.advance(TTL_SECONDS);
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", isExpired: true });
  });
});

describe("an operator without keys", () => {
  test("gets the state from an index that records issued URLs", async () => {
    const edge = createEdge({ operatorHasKeys: false });
    const { url } = await edge.issue();
    expect(await edge.inspect(url)).toMatchObject({ status: "issued", isVerified: false });
    expect(await edge.revoke(url)).toMatchObject({ status: "revoked", isVerified: false });
  });

  test("gets unverified from an index that does not record them: the URL may be forged", async () => {
    const edge = createEdge({ operatorHasKeys: false, recordsIssued: false });
    const { url } = await edge.issue();
    expect(await edge.inspect(url)).toMatchObject({ status: "unverified" });
    expect(await edge.revoke(url)).toMatchObject({ status: "unverified" });
    expect(await edge.inspect(url)).toMatchObject({ status: "revoked" });
  });

  test("gets claimed from it, because a claim is certain", async () => {
    const edge = createEdge({ operatorHasKeys: false, recordsIssued: false });
    const { url } = await edge.issue();
    await edge.upload(url);
    expect(await edge.inspect(url)).toMatchObject({ status: "claimed" });
    expect(await edge.revoke(url)).toMatchObject({ status: "already-claimed" });
  });
});

test("with keys, gets the same states from an index that does not record issued URLs", async () => {
  const edge = createEdge({ recordsIssued: false });
  const { url } = await edge.issue();
  expect(await edge.inspect(url)).toMatchObject({ status: "issued" });
  expect(await edge.revoke(url)).toMatchObject({ status: "revoked" });
});

describe("a URL of a relay", () => {
  const issuing = { baseUrl: "https://relay.example", expiresInSeconds: TTL_SECONDS };

  /** A relay with the index of an edge; its operator has the edge's settings. */
  function createRelay(keys = RELAY_KEYS, options: Parameters<typeof createEdge>[0] = {}, path = "/u/") {
    const edge = createEdge(options);
    const deps = { index: edge.index, keys, clock: edge.clock, ids: randomIds };
    const issuer = createTicketIssuer({ ...deps, path });
    const claimer = createRelayClaimer({ ...deps, limits: { maxDeclaredBytes: 10, maxUndeclaredBytes: 10 } });
    return {
      ...edge,
      async issue(asked: Partial<IssueRequest> = {}) {
        const outcome = await issuer.issue({ ...issuing, ...asked });
        if (outcome.status !== "issued") throw new Error("nothing was issued");
        return outcome.grant;
      },
      upload(url: string) {
        return claimer.claim({ method: "PUT", token: url.split("/").at(-1) ?? "", headers: [["content-length", "5"]] });
      },
    };
  }

  test("is issued, with its key, its start and its end", async () => {
    const relay = createRelay();
    const { url, key, expiresAt } = await relay.issue();
    const [hash] = relay.store.keys();
    expect(await relay.inspect(url)).toStrictEqual({
      status: "issued",
      hash,
      key,
      issuedAt: START,
      expiresAt,
      isExpired: false,
      allowsRetries: false,
      isVerified: true,
      namesIndex: true,
    });
    expect(await relay.inspect((await relay.issue({ retries: "same-client" })).url)).toMatchObject({
      allowsRetries: true,
    });
  });

  test("is claimed by the claimant that the relay accepted, and can no longer be revoked", async () => {
    const relay = createRelay();
    const { url } = await relay.issue();
    const decision = await relay.upload(url);
    expect(decision).toMatchObject({ status: "accepted" });
    const { claimant } = decision as { claimant?: unknown };
    expect(await relay.inspect(url)).toMatchObject({ status: "claimed", claimant, at: START });
    expect(await relay.revoke(url)).toMatchObject({ status: "already-claimed", claim: { claimant } });
  });

  test("that is revoked is refused by the relay", async () => {
    const relay = createRelay();
    const { url } = await relay.issue();
    expect(await relay.revoke(url)).toMatchObject({ status: "revoked" });
    expect(relay.store.size).toBe(1);
    expect(await relay.upload(url)).toMatchObject({ status: "refused", reason: "revoked" });
    expect(await relay.inspect(url)).toMatchObject({ status: "revoked" });
  });

  test("is expired from the moment at which the relay refuses it", async () => {
    const relay = createRelay();
    const { url } = await relay.issue();
    relay.clock.advance(TTL_SECONDS - 1);
    expect(await relay.inspect(url)).toMatchObject({ status: "issued" });
    relay.clock.advance(1);
    expect(await relay.inspect(url)).toMatchObject({ status: "expired" });
    expect(await relay.upload(url)).toMatchObject({ reason: "expired" });
  });

  test("is recognized wherever the relay is mounted", async () => {
    for (const path of ["/", "/u/", "/api/v1/u/"]) {
      const relay = createRelay(RELAY_KEYS, {}, path);
      expect(await relay.inspect((await relay.issue()).url)).toMatchObject({ status: "issued" });
    }
  });

  test.each([
    ["the edge's", KEYS],
    ["its own", RELAY_KEYS],
  ])("has a tag that names the index if the scope of the relay's keys is %s", async (_whose, keys) => {
    const relay = createRelay(keys, { recordsIssued: false });
    const { url } = await relay.issue();
    expect(await relay.inspect(url)).toMatchObject({ status: "issued", isVerified: true, namesIndex: true });
    expect(await relay.revoke(url)).toMatchObject({ status: "revoked" });
  });

  test("with a tag without an index is unverified if the index does not record issued URLs", async () => {
    const relay = createRelay(UNBOUND_KEYS, { recordsIssued: false });
    const { url } = await relay.issue();
    expect(await relay.inspect(url)).toMatchObject({ status: "unverified", isVerified: true, namesIndex: false });
    expect(await relay.revoke(url)).toMatchObject({ status: "unverified", isVerified: true, namesIndex: false });
    expect(await relay.inspect(url)).toMatchObject({ status: "revoked" });
  });

  test("with a tag without an index is verified if the index records issued URLs", async () => {
    const relay = createRelay(UNBOUND_KEYS);
    const { url } = await relay.issue();
    expect(await relay.inspect(url)).toMatchObject({ status: "issued", isVerified: true, namesIndex: false });
    expect(await relay.revoke(url)).toMatchObject({ status: "revoked" });
    relay.store.clear();
    expect(await relay.inspect(url)).toMatchObject({ status: "unknown" });
  });

  test("has the state of the index alone if the operator has no keys", async () => {
    const relay = createRelay(RELAY_KEYS, { operatorHasKeys: false });
    const { url } = await relay.issue();
    expect(await relay.inspect(url)).toMatchObject({ status: "issued", isVerified: false, namesIndex: false });
    expect(await relay.revoke(url)).toMatchObject({ status: "revoked" });
  });

  const secret = new Uint8Array(32).fill(2);
  const foreign: [string, typeof KEYS, (url: string) => string][] = [
    ["its tag was changed", RELAY_KEYS, (url) => url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))],
    ["its keys are others", createEdgeKeys([{ id: "k1", secret }]), (url) => url],
    ["its keys are for an index elsewhere", ELSEWHERE, (url) => url],
  ];
  test.each(foreign)("was not issued here if %s, and the index is not asked", async (_name, keys, change) => {
    const { url } = await createRelay(keys).issue();
    const operator = createEdge({ index: untouchable });
    for (const told of [await operator.inspect(change(url)), await operator.revoke(change(url))]) {
      expect(told).toMatchObject({ status: "not-issued" });
      expect(Object.keys(told)).toEqual(["status", "hash"]);
    }
  });

  test.each([RELAY_KEYS, UNBOUND_KEYS])("has keys that verify no URL of an edge", async (keys) => {
    const { url } = await createEdge({ keys }).issue();
    expect(await createEdge({ index: untouchable }).inspect(url)).toMatchObject({ status: "not-issued" });
  });

  const misspelt: [string, (url: string) => string][] = [
    ["a query after it", (url) => `${url}?`],
    ["a slash after it", (url) => `${url}/`],
    ["a fragment", (url) => `${url}#planted`],
    ["an escape in its payload", (url) => url.replace("/u/", "/u/%61")],
    ["its payload cut short", (url) => url.replace(/\/u\/(.{20}).*$/, "/u/$1")],
    ["no host before it", (url) => new URL(url).pathname],
    ["no path before it", (url) => url.split("/").at(-1) ?? ""],
  ];
  test.each(misspelt)("is malformed with %s, with a reason that repeats nothing of it", async (_name, change) => {
    const operator = createEdge({ index: untouchable });
    const { url } = await createRelay().issue();
    for (const told of [await operator.inspect(change(url)), await operator.revoke(change(url))]) {
      expect(told).toEqual({ status: "malformed", message: expect.stringMatching(/^[A-Z].*\.$/) });
      expect(JSON.stringify(told)).not.toMatch(/planted|[0-9a-f]{16}/);
    }
  });

  const sound = ["t", "i", 1_800_000_000, 60, "PUT", "uploads/i"];
  const payloads: [string, readonly unknown[]][] = [
    ["of another version", sound.with(0, "u")],
    ["no ticket", []],
    ["with a key that a terminal would obey", sound.with(5, "uploads/\u001b[2Jplanted")],
    ["with a key of two lines", sound.with(5, "uploads/i\nstate  planted")],
    ["with an invalid time", sound.with(2, Number.MAX_SAFE_INTEGER)],
  ];
  test.each(payloads)("is malformed if its payload is %s, even without keys", async (_name, fields) => {
    const payload = encodePayload(fields);
    const url = `https://relay.example/u/${payload}.${await RELAY_KEYS.tag(tokenText("ticket", payload))}`;
    for (const operatorHasKeys of [true, false]) {
      const told = await createEdge({ index: untouchable, operatorHasKeys }).inspect(url);
      expect(told).toEqual({ status: "malformed", message: "The token holds no ticket, or one of another version." });
    }
  });
});

/** An index that always fails. */
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
  const operator = operatorHasKeys
    ? { index, keys, relayKeys: RELAY_KEYS, unboundRelayKeys: UNBOUND_KEYS, clock, recordsIssued }
    : { index, clock, recordsIssued };
  return {
    clock,
    store,
    index,
    inspect: (url: string) => inspectUrl(url, operator),
    revoke: (url: string) => revokeUrl(url, operator),
    async issue(asked: Partial<IssueRequest> = {}) {
      const outcome = await issuer.issue({ baseUrl: "https://edge.example", expiresInSeconds: TTL_SECONDS, ...asked });
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
