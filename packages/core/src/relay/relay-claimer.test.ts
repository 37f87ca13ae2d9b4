import { describe, expect, test } from "vitest";

import { createClaimer } from "../edge/claim.ts";
import { createIssuer } from "../edge/issue.ts";
import type { RetryRules } from "../gate/claim-once.ts";
import { CLIENT_HEADER, SAME_CLIENT } from "../gate/client-secret.ts";
import type { IssueRequest } from "../gate/issuer.ts";
import { type Digests, webDigests } from "../ports/digests.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import type { ClaimOutcome, SignatureIndex } from "../ports/signature-index.ts";
import {
  createInMemoryHistory,
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
  createSequentialIds,
  type InMemoryUploads,
} from "../testing/index.ts";
import { createTicketIssuer } from "../ticket/ticket-issuer.ts";
import { encodeTicket, type Ticket } from "../ticket/ticket.ts";
import { encodePayload, tokenText } from "../ticket/token.ts";
import { createEdgeKeys, type EdgeKey } from "../url/edge-keys.ts";
import { createRelayClaimer, type RelayRequest } from "./relay-claimer.ts";

const K1: EdgeKey = { id: "k1", secret: new Uint8Array(32).fill(1) };
const K2: EdgeKey = { id: "k2", secret: new Uint8Array(32).fill(2) };
const LIMITS = { maxDeclaredBytes: 1_000_000, maxUndeclaredBytes: 500_000 };

/** A relay over one index in memory, with every claim that it made. */
function createDesk(
  options: {
    readonly keys?: readonly EdgeKey[];
    readonly claim?: () => ClaimOutcome;
    readonly retries?: RetryRules;
  } = {},
) {
  const store = createInMemoryStore();
  const clock = createManualClock();
  const real = createInMemoryIndex(store, undefined, clock);
  const claims: string[] = [];
  const index: SignatureIndex = {
    ...real,
    async claim(hash, claimant) {
      claims.push(claimant);
      return options.claim?.() ?? real.claim(hash, claimant);
    },
  };
  const ids = createSequentialIds();
  const keys = createEdgeKeys(options.keys ?? [K1]);
  const issuer = createTicketIssuer({ index, keys, clock, ids });
  const claimer = createRelayClaimer({ index, keys, clock, ids, limits: LIMITS, retries: options.retries });
  return {
    ...{ store, claims, clock, index, keys, ids },
    async token(request: Partial<IssueRequest> = {}) {
      const outcome = await issuer.issue({ baseUrl: "https://relay.example", expiresInSeconds: 900, ...request });
      if (outcome.status !== "issued") throw new Error("not issued");
      return { token: outcome.grant.url.slice("https://relay.example/u/".length), hash: outcome.hash };
    },
    /** A token of somebody who has the key, registered. */
    async forged(changes: Partial<Ticket>, payload?: string) {
      const now = new Date(Math.floor(clock.now().getTime() / 1000) * 1000);
      const ticket: Ticket = { id: "1", key: "uploads/1", method: "PUT", issuedAt: now, lifeSeconds: 900, ...changes };
      const text = payload ?? encodeTicket(ticket);
      const canonical = tokenText("ticket", text);
      await index.register(await hashCanonicalRequest(canonical), { expiresAt: now });
      return { token: `${text}.${await keys.tag(canonical)}` };
    },
    claim: (token: string, request: Partial<RelayRequest> = {}) =>
      claimer.claim({ method: "PUT", token, headers: [["content-length", "5"]], ...request }),
  };
}

describe("of all uploads with one token,", () => {
  test("accepts the first and refuses the second, for PUT and POST", async () => {
    const desk = createDesk();
    const { token, hash } = await desk.token();
    expect(await desk.claim(token, { method: "POST" })).toMatchObject({ status: "accepted", hash });
    expect(await desk.claim(token)).toMatchObject({ status: "refused", reason: "already-claimed", hash });
    expect(await desk.claim(token, { method: "POST" })).toMatchObject({ reason: "already-claimed" });
  });

  test("accepts exactly one of many concurrent ones, each with its own claimant", async () => {
    const desk = createDesk();
    const { token } = await desk.token();
    const decisions = await Promise.all(Array.from({ length: 50 }, () => desk.claim(token)));
    expect(decisions.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(new Set(decisions.map((decision) => decision.claimant)).size).toBe(50);
  });
});

describe("a client with a secret", () => {
  const known: HeaderField[] = [
    ["content-length", "5"],
    [CLIENT_HEADER, "s".repeat(22)],
  ];

  test("alone passes again, until an object is stored under the key", async () => {
    const stored: InMemoryUploads = new Map();
    const desk = createDesk({ retries: { history: createInMemoryHistory(stored), leaseSeconds: 60 } });
    const { token } = await desk.token({ retries: SAME_CLIENT });
    const first = await desk.claim(token, { headers: known });
    expect(first).toMatchObject({ status: "accepted", repeated: false, mayTryAgain: true });
    expect(await desk.claim(token, { headers: known })).toMatchObject({ status: "accepted", repeated: true });
    expect(await desk.claim(token)).toMatchObject({ status: "refused", reason: "already-claimed" });
    if (first.status === "accepted") stored.set(first.upload.key, undefined);
    expect(await desk.claim(token, { headers: known })).toMatchObject({ status: "refused", reason: "already-stored" });
  });

  test("is refused before the claim if its grant allows no retries", async () => {
    const desk = createDesk({ retries: { history: createInMemoryHistory(), leaseSeconds: 60 } });
    const { token } = await desk.token();
    expect(await desk.claim(token, { headers: known })).toMatchObject({ status: "refused", reason: "header-refused" });
    expect(desk.claims).toEqual([]);
    expect(await desk.claim(token)).toMatchObject({ status: "accepted", mayTryAgain: false });
  });
});

test("returns key, headers, metadata and limits for an accepted upload", async () => {
  const desk = createDesk();
  const headers: HeaderField[] = [
    ["content-type", "image/png"],
    ["content-length", "5"],
    ["x-amz-meta-filename", "a%20b.png"],
    ["x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="],
  ];
  const { token, hash } = await desk.token({ headers, maxBytes: 10 });
  expect(await desk.claim(token, { headers })).toEqual({
    status: "accepted",
    hash,
    claimant: desk.claims[0],
    attempts: undefined,
    indexMs: 0,
    repeated: false,
    id: "1",
    upload: {
      key: "uploads/1",
      headers: [["content-type", "image/png"]],
      metadata: { filename: "a%20b.png", "presign-once-id": "1" },
      declaredBytes: 5,
    },
    maxBytes: 10,
    sha256: "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    mayTryAgain: false,
  });
});

test("accepts an upload of unknown length, limited to what the sink takes", async () => {
  const desk = createDesk();
  const { token } = await desk.token();
  expect(await desk.claim(token, { headers: [] })).toMatchObject({
    upload: { declaredBytes: undefined, headers: [], metadata: { "presign-once-id": "1" } },
    maxBytes: 500_000,
    sha256: undefined,
  });
});

test("reserves the metadata name of the grant: issues none, and takes none in a token", async () => {
  const desk = createDesk();
  const headers: HeaderField[] = [["x-amz-meta-presign-once-id", "planted"]];
  await expect(desk.token({ headers })).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });

  const { token } = await desk.forged({ headers });
  expect(await desk.claim(token, { headers })).toMatchObject({ reason: "not-issued" });
});

describe("refuses before the claim, asks no index, and keeps the URL usable:", () => {
  const cases: [what: string, change: (token: string) => Partial<RelayRequest>, reason: string][] = [
    ["GET", () => ({ method: "GET" }), "method-not-allowed"],
    ["HEAD", () => ({ method: "HEAD" }), "method-not-allowed"],
    ["DELETE", () => ({ method: "DELETE" }), "method-not-allowed"],
    ["a method in another case", () => ({ method: "put" }), "method-not-allowed"],
    ["a query", (token) => ({ token: `${token}?a=b` }), "malformed"],
    ["a slash at the end", (token) => ({ token: `${token}/` }), "malformed"],
    ["an escape", (token) => ({ token: token.replace("e", "%65") }), "malformed"],
    ["a payload that was changed", (token) => ({ token: `A${token.slice(1)}` }), "not-issued"],
    [
      "a tag that was changed",
      (token) => ({ token: token.slice(0, -1) + (token.endsWith("0") ? "1" : "0") }),
      "not-issued",
    ],
    ["a key that is not ours", (token) => ({ token: token.replace(".k1.", ".k2.") }), "not-issued"],
    ["too many bytes", () => ({ headers: [["content-length", "1000001"]] }), "entity-too-large"],
    ["a condition", () => ({ headers: [["if-match", "*"]] }), "header-refused"],
  ];
  test.each(cases)("%s", async (_, change, reason) => {
    const desk = createDesk();
    const { token } = await desk.token();
    expect(await desk.claim(token, change(token))).toMatchObject({ status: "refused", reason });
    expect(desk.claims).toEqual([]);
    expect(await desk.claim(token)).toMatchObject({ status: "accepted" });
  });

  test("a token that holds no ticket of this version, although the tag verifies", async () => {
    const desk = createDesk();
    const { token } = await desk.forged({}, encodePayload(["t", 3]));
    expect(await desk.claim(token)).toMatchObject({ reason: "malformed", hash: expect.any(String) });
    expect(desk.claims).toEqual([]);
  });

  const issuedAt = (seconds: number) => new Date(createManualClock().now().getTime() + seconds * 1000);
  test.each<[what: string, changes: Partial<Ticket>, reason: string]>([
    ["for a key in the index", { key: "signatures/claims/00" }, "not-issued"],
    ["for a key outside of the folder", { key: "uploads/../private" }, "not-issued"],
    ["that copies another object", { headers: [["x-amz-copy-source", "/bucket/private"]] }, "not-issued"],
    ["that lives longer than any issuer lets it", { lifeSeconds: 604_771 }, "not-issued"],
    ["that was issued in the future", { issuedAt: issuedAt(301) }, "not-yet-valid"],
    ["that ended", { issuedAt: issuedAt(-900) }, "expired"],
  ])("a ticket %s, although the tag verifies", async (_, changes, reason) => {
    const desk = createDesk();
    const { token } = await desk.forged(changes);
    expect(await desk.claim(token)).toMatchObject({ status: "refused", reason, hash: expect.any(String) });
    expect(desk.claims).toEqual([]);
  });
});

test("accepts a URL until its last millisecond", async () => {
  const desk = createDesk();
  const early = await desk.token({ expiresInSeconds: 60 });
  const late = await desk.token({ expiresInSeconds: 60 });
  desk.clock.advance(59.999);
  expect(await desk.claim(early.token)).toMatchObject({ status: "accepted" });
  desk.clock.advance(0.001);
  expect(await desk.claim(late.token)).toMatchObject({ reason: "expired", hash: late.hash });
  expect(desk.claims).toHaveLength(1);
});

test("keeps every token usable during a key rotation", async () => {
  const old = createDesk({ keys: [K1] });
  const { token } = await old.token();
  const claimerOf = (keys: readonly EdgeKey[]) =>
    createRelayClaimer({ ...old, keys: createEdgeKeys(keys), limits: LIMITS });
  const request: RelayRequest = { method: "PUT", token, headers: [] };
  expect(await claimerOf([K2]).claim(request)).toMatchObject({ reason: "not-issued" });
  expect(await claimerOf([K2, K1]).claim(request)).toMatchObject({ status: "accepted" });
});

test("separates tags of tokens and of presigned URLs made with the same keys", async () => {
  const desk = createDesk();
  const issuer = createIssuer({ ...desk, presigner: createInMemoryPresigner() });
  const issued = await issuer.issue({ baseUrl: "https://edge.example", expiresInSeconds: 60 });
  if (issued.status !== "issued") throw new Error("not issued");
  const tag = new URL(issued.grant.url).searchParams.get("x-once-tag") ?? "";
  const { token } = await desk.token();
  expect(await desk.claim(token.replace(/\..*$/, `.${tag}`))).toMatchObject({ reason: "not-issued" });

  const claimer = createClaimer(desk);
  const [payload = "", ...rest] = token.split(".");
  const query = new URL(issued.grant.url).search.slice(1).replace(/x-once-tag=[^&]*/, `x-once-tag=${rest.join(".")}`);
  const path = `/u/${payload}`;
  const headers: HeaderField[] = [["content-length", "5"]];
  expect(await claimer.claim({ method: "PUT", path, query, headers })).toMatchObject({ reason: "not-issued" });
  expect(await claimer.claim({ method: "PUT", path, query: "", headers })).toMatchObject({ reason: "malformed" });
  expect(desk.claims).toEqual([]);
});

describe("decides by the answer of the index", () => {
  test.each<[ClaimOutcome, object]>([
    [
      { status: "claimed", attempts: 2 },
      { status: "accepted", attempts: 2 },
    ],
    [{ status: "already-claimed" }, { status: "refused", reason: "already-claimed" }],
    [{ status: "unknown" }, { status: "refused", reason: "unknown" }],
    [
      { status: "indeterminate", mayHaveLanded: false, cause: "a" },
      { status: "refused", reason: "unavailable", cause: "a" },
    ],
    [
      { status: "indeterminate", mayHaveLanded: true, cause: "a" },
      { status: "refused", reason: "undecided", cause: "a" },
    ],
  ])("%j", async (outcome, decision) => {
    const desk = createDesk({ claim: () => outcome });
    const { token } = await desk.token();
    expect(await desk.claim(token)).toMatchObject(decision);
  });

  test("refuses if the answer of the index breaks its contract", async () => {
    const desk = createDesk({ claim: () => ({ status: "granted" }) as never });
    const { token } = await desk.token();
    await expect(desk.claim(token)).rejects.toThrow();
  });
});

test("uses the given digests in issuer and claimer", async () => {
  const digested: string[] = [];
  const digests: Digests = { ...webDigests, sha256: (text) => (digested.push(text), webDigests.sha256(text)) };
  const clock = createManualClock();
  const parts = {
    index: createInMemoryIndex(),
    keys: createEdgeKeys([K1]),
    clock,
    ids: createSequentialIds(),
    digests,
  };
  const issued = await createTicketIssuer(parts).issue({ baseUrl: "https://relay.example", expiresInSeconds: 900 });
  if (issued.status !== "issued") throw new Error("not issued");
  const token = issued.grant.url.slice("https://relay.example/u/".length);
  const claimer = createRelayClaimer({ ...parts, limits: LIMITS });
  const decision = await claimer.claim({ method: "PUT", token, headers: [["content-length", "5"]] });
  expect(decision.status).toBe("accepted");
  expect(digested).toHaveLength(2);
});
